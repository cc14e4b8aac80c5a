import { type Address, createTestClient, http, parseEther } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import type { Bundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { type Candidate, readCandidate } from '#service/chain/family/content-hash.js'
import {
  deployCouncil,
  deployGovernment,
  deployProvenEvaluations,
} from '#service/chain/family/deploy-government.js'
import { delegateVotes } from '#service/chain/family/model-family.js'
import type { Government } from '#service/chain/family/read-family.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { startAnvil } from '#service/chain/start-anvil.js'

/** Seconds: a day until the vote, three days of it, two days until what passed is done. */
export const delays = { votingDelay: 86_400, votingPeriod: 259_200, executionDelay: 172_800 } as const
const vote = parseEther('1')

/** A chain under government, before there is a family. */
export interface GovernedStage {
  readonly chain: ChainWriter
  readonly verifier: Address
  readonly registry: Address
  readonly evaluations: Address
  readonly oracle: Address
  readonly government: Government
  readonly council: Address
  /** A vote each; two of them decide. */
  readonly voters: readonly [ChainWriter, ChainWriter, ChainWriter]
  /** Two of these three deprecate. */
  readonly guardians: readonly [ChainWriter, ChainWriter, ChainWriter]
  /** Publishes candidates. */
  readonly publisher: ChainWriter
  /** Gas by what it was spent on. */
  readonly costs: Map<string, bigint>
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

export async function setGovernedStage(): Promise<GovernedStage> {
  const anvil = await startAnvil()
  try {
    const { rpcUrl, privateKeys } = anvil
    const chain = await connectChain({ rpcUrl, privateKey: privateKeys[0]! })
    const newcomer = async (): Promise<ChainWriter> => {
      const writer = await connectChain({ rpcUrl, privateKey: generatePrivateKey() })
      await sendTransaction(chain, { to: writer.account.address, data: '0x', value: parseEther('10') })
      return writer
    }
    const publisher = await newcomer()
    const voters = [await newcomer(), await newcomer(), await newcomer()] as const
    const guardians = [await newcomer(), await newcomer(), await newcomer()] as const
    const addressOf = ({ account }: ChainWriter) => account.address
    const { registry, verifier } = await deployContracts(chain)
    const evaluations = await deployProvenEvaluations(chain, { verifier })
    const oracle = await deployOracle(chain, { verifier })
    const holders = voters.map((voter) => ({ account: addressOf(voter), votes: vote }))
    const terms = { ...delays, proposalThreshold: vote, quorumPercent: 50 }
    const { votes, timelock, governor } = await deployGovernment(chain, holders, terms)
    for (const voter of voters) await delegateVotes(voter, { votes: votes.address, to: addressOf(voter) })
    const council = await deployCouncil(chain, { members: guardians.map(addressOf), quorum: 2 })
    const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
    return {
      chain,
      verifier,
      registry,
      evaluations: evaluations.address,
      oracle: oracle.address,
      government: { votes: votes.address, timelock: timelock.address, governor: governor.address },
      council: council.address,
      voters,
      guardians,
      publisher,
      costs: new Map(),
      pass: async (seconds) => {
        await clock.increaseTime({ seconds })
        await clock.mine({ blocks: 1 })
      },
      stop: () => anvil.stop(),
    }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

/** Publishes a bundle as a model of the publisher's own: a candidate. */
export async function publishCandidate(
  { publisher, registry }: GovernedStage,
  bundle: Bundle,
): Promise<Candidate> {
  const { modelId, version } = await registerModel(publisher, registrationOf(bundle, registry))
  return readCandidate(publisher, { registry, modelId, version })
}
