import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { VoteHolder } from '#service/chain/family/deploy-government.js'
import {
  type ChainFlags,
  contractOption,
  readAddress,
  readNumber,
  withChain,
} from '#service/cli/chain-options.js'
import { parseDuration } from '#service/cli/duration.js'
import { contractAt, openToWrite } from '#service/cli/open-chain.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly holder: readonly VoteHolder[]
  readonly guardian: readonly Address[]
  readonly guardianQuorum: number
  readonly votingDelay: number
  readonly votingPeriod: number
  readonly executionDelay: number
  readonly threshold: number
  readonly quorum: number
  readonly verifier?: Address
}

const vote = 10n ** 18n
const [day, year] = [86_400, 31_536_000]

/** `zkserve family deploy`: who votes, who guards, and where evaluations are proven. */
export function familyDeployVerb(family: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      family,
      'deploy',
      'deploy votes, timelock, governor, council and evaluations, for any number of families; nobody administers them',
    ),
  )
    .addOption(
      new Option('--holder <address[:votes]>', 'who holds votes, 1 by default; repeated')
        .argParser(readHolders)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--guardian <address>', 'a member of the council that deprecates; repeated')
        .argParser((text, before: readonly Address[] = []) => [...before, readAddress(text)])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--guardian-quorum <number>', 'guardians that it takes')
        .argParser(readNumber)
        .makeOptionMandatory(),
    )
    .addOption(period('--voting-delay', 'from a proposal to its vote', 1))
    .addOption(period('--voting-period', 'of a vote', 3))
    .addOption(period('--execution-delay', 'from a queued proposal to its execution', 2))
    .addOption(
      new Option('--threshold <votes>', 'votes that a proposer needs').default(1).argParser(readNumber),
    )
    .addOption(
      new Option('--quorum <percent>', 'part of all votes that must be for, or abstain')
        .default(50)
        .argParser(readPercent),
    )
    .addOption(contractOption('verifier', "the InferenceVerifier; the chain's shared one by default"))
    .action(async (flags: Flags) => {
      const { guardian: members, guardianQuorum: quorum, holder } = flags
      requireTerms(flags)
      const chain = await openToWrite(flags)
      const { deployCouncil, deployGovernment, deployProvenEvaluations } = await import(
        '#service/chain/family/deploy-government.js'
      )
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      const { votes, timelock, governor } = await deployGovernment(chain, holder, {
        ...{ votingDelay: flags.votingDelay, votingPeriod: flags.votingPeriod },
        ...{ executionDelay: flags.executionDelay, quorumPercent: flags.quorum },
        proposalThreshold: BigInt(flags.threshold) * vote,
      })
      const council = await deployCouncil(chain, { members, quorum })
      const evaluations = await deployProvenEvaluations(chain, { verifier })
      const deployed = { governor, council, evaluations, timelock, votes }
      const parts = Object.entries(deployed)
      const gasUsed = parts.reduce((sum, [, part]) => sum + Number(part.gasUsed), 0)
      const addresses = Object.fromEntries(parts.map(([name, { address }]) => [name, address]))
      report({
        document: { ...addresses, verifier, gasUsed },
        text: formatTable(
          ['contract', 'address', 'gas'],
          parts.map(([name, part]) => [name, part.address, Number(part.gasUsed)]),
        ),
      })
    })
}

/** What a contract would refuse when others are deployed already. @throws ZkserveError `USAGE` */
function requireTerms({ guardian, guardianQuorum, holder, threshold }: Flags): void {
  const guardians = new Set(guardian.map((account) => account.toLowerCase())).size
  if (guardians < guardian.length) throw new ZkserveError('USAGE', 'a guardian is named twice')
  if (guardianQuorum > guardians) {
    throw new ZkserveError('USAGE', `a quorum of ${guardianQuorum} takes more than ${guardians} guardians`)
  }
  if (holder.reduce((sum, { votes }) => sum + votes, 0n) < BigInt(threshold) * vote)
    throw new ZkserveError('USAGE', `nobody could ever propose: ${threshold} votes are more than all`)
}

function period(name: string, description: string, days: number): Option {
  return new Option(`${name} <time>`, `time ${description}`)
    .default(days * day, `${days}d`)
    .argParser((text: string) => {
      const seconds = Math.floor(parseDuration(text) / 1000)
      if (seconds >= 1 && seconds <= year) return seconds
      throw new InvalidArgumentError('Expected a second at least, and a year at most.')
    })
}

function readPercent(text: string): number {
  const percent = readNumber(text)
  if (percent <= 100) return percent
  throw new InvalidArgumentError('Expected 1 to 100.')
}

function readHolders(text: string, before: readonly VoteHolder[] = []): readonly VoteHolder[] {
  const [, address, votes = '1'] = /^([^:]*)(?::(\d{1,18}))?$/.exec(text) ?? []
  if (address === undefined || Number(votes) === 0)
    throw new InvalidArgumentError('Expected an address, or an address and votes, such as 0x…:3.')
  return [...before, { account: readAddress(address), votes: BigInt(votes) * vote }]
}
