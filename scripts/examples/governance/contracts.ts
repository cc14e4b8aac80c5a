import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  keccak256,
  parseEther,
  parseEventLogs,
  toHex,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { familyGovernorAbi, familyGovernorBytecode } from '#contracts/generated/FamilyGovernor.js'
import { familyTimelockAbi, familyTimelockBytecode } from '#contracts/generated/FamilyTimelock.js'
import { familyVotesAbi, familyVotesBytecode } from '#contracts/generated/FamilyVotes.js'
import { guardianCouncilAbi, guardianCouncilBytecode } from '#contracts/generated/GuardianCouncil.js'
import { modelFamilyAbi, modelFamilyBytecode } from '#contracts/generated/ModelFamily.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Who votes on a family. */
export interface Government {
  readonly votes: Address
  readonly timelock: Address
  readonly governor: Address
}

/** A version that may be adopted, as the contract's struct `Candidate` names it. */
export interface Candidate {
  readonly modelId: bigint
  readonly version: number
  readonly contentHash: Hex
}

/** Seconds: a day until the vote, three days of it, two days until what passed is done. */
export const terms = { votingDelay: 86_400, votingPeriod: 259_200, executionDelay: 172_800 } as const

/**
 * Deploys votes, timelock and governor. The timelock names the governor before it is there, so that nobody ever
 * administers it.
 */
export async function deployGovernment(chain: ChainWriter, holders: readonly Address[]): Promise<Government> {
  const shares = holders.map(() => parseEther('1'))
  const votes = await deployContract(chain, familyVotesAbi, familyVotesBytecode, [
    ...['Votes on a family', 'VOTE', holders, shares],
  ])
  const { address } = chain.account
  const nonce = BigInt(await chain.client.getTransactionCount({ address })) + 1n
  const named = getContractAddress({ from: address, nonce })
  const timelock = await deployContract(chain, familyTimelockAbi, familyTimelockBytecode, [
    ...[terms.executionDelay, named],
  ])
  const { votingDelay, votingPeriod } = terms
  const governor = await deployContract(chain, familyGovernorAbi, familyGovernorBytecode, [
    ...[votes.address, timelock.address],
    { votingDelay, votingPeriod, proposalThreshold: parseEther('1'), quorumPercent: 50n },
  ])
  return { votes: votes.address, timelock: timelock.address, governor: governor.address }
}

/** Deploys a council of which `quorum` deprecate a version. */
export async function deployCouncil(
  chain: ChainWriter,
  members: readonly Address[],
  quorum: bigint,
): Promise<Address> {
  const args = [members, quorum]
  return (await deployContract(chain, guardianCouncilAbi, guardianCouncilBytecode, args)).address
}

/** Deploys a family with its first version. @throws CHAIN_REJECTED: NotEvaluated, NotGoodEnough, … */
export async function deployFamily(
  chain: ChainWriter,
  parts: {
    readonly registry: Address
    readonly evaluations: Address
    readonly timelock: Address
    readonly council: Address
    readonly rules: {
      readonly testSet: Hex
      readonly rows: number
      readonly minimalCorrect: number
      readonly allowedLoss: number
    }
    readonly first: Candidate
  },
): Promise<{ readonly address: Address; readonly modelId: bigint; readonly gasUsed: bigint }> {
  const { registry, evaluations, timelock, council, rules, first } = parts
  const args = [registry, evaluations, timelock, council, rules, first]
  const { address, gasUsed } = await deployContract(chain, modelFamilyAbi, modelFamilyBytecode, args)
  const modelId = await chain.client.readContract({ address, abi: modelFamilyAbi, functionName: 'modelId' })
  return { address, modelId, gasUsed }
}

/** Lets the sender vote with its own. */
export function delegateToSelf(chain: ChainWriter, { votes }: Government): Promise<SentTransaction> {
  const args = [chain.account.address] as const
  const data = encodeFunctionData({ abi: familyVotesAbi, functionName: 'delegate', args })
  return sendTransaction(chain, { to: votes, data })
}

/** A proposal to adopt a candidate: the one call it makes, and its text. */
export interface Proposal {
  readonly family: Address
  readonly candidate: Candidate
  readonly description: string
}

/** Proposes a candidate with its evaluation. @throws CHAIN_REJECTED: NotEvaluated, NotGoodEnough, … */
export async function proposeCandidate(
  chain: ChainWriter,
  { governor }: Government,
  { family, candidate, description }: Proposal,
): Promise<{ readonly proposalId: bigint; readonly transaction: SentTransaction }> {
  const args = [family, candidate, description] as const
  const data = encodeFunctionData({ abi: familyGovernorAbi, functionName: 'proposeCandidate', args })
  const transaction = await sendTransaction(chain, { to: governor, data })
  const { logs } = transaction.receipt
  const [proposed] = parseEventLogs({ abi: familyGovernorAbi, eventName: 'CandidateProposed', logs })
  if (!proposed) throw new ZkserveError('CHAIN_REJECTED', 'the governor did not record the proposal')
  return { proposalId: proposed.args.proposalId, transaction }
}

/** Votes for a proposal. @throws CHAIN_REJECTED outside its period */
export function voteFor(chain: ChainWriter, { governor }: Government, proposalId: bigint) {
  const args = [proposalId, 1] as const
  const data = encodeFunctionData({ abi: familyGovernorAbi, functionName: 'castVote', args })
  return sendTransaction(chain, { to: governor, data })
}

/** Queues or executes a proposal. @throws CHAIN_REJECTED before its time, and what the family refuses */
export function advance(
  chain: ChainWriter,
  { governor }: Government,
  step: 'queue' | 'execute',
  { family, candidate, description }: Proposal,
): Promise<SentTransaction> {
  const call = encodeFunctionData({ abi: modelFamilyAbi, functionName: 'adopt', args: [candidate] })
  const args = [[family], [0n], [call], keccak256(toHex(description))] as const
  const data = encodeFunctionData({ abi: familyGovernorAbi, functionName: step, args })
  return sendTransaction(chain, { to: governor, data })
}

/** Objects to a version in the name of a member. @throws CHAIN_REJECTED (NotMember, AlreadyObjected) */
export function objectTo(
  chain: ChainWriter,
  council: Address,
  family: Address,
  version: number,
): Promise<SentTransaction> {
  const args = [family, version] as const
  const data = encodeFunctionData({ abi: guardianCouncilAbi, functionName: 'object', args })
  return sendTransaction(chain, { to: council, data })
}

/** The version that consumers follow. @throws CHAIN_REJECTED (NoCurrentVersion) */
export async function currentVersion(chain: ChainReader, family: Address): Promise<number> {
  const [, version] = await chain.client.readContract({
    address: family,
    abi: modelFamilyAbi,
    functionName: 'current',
  })
  return version
}

/** A version's content hash: what a vote is for. */
export function contentHashOf(
  commitment: {
    readonly modelHash: Hex
    readonly circuitHash: Hex
    readonly vkHash: Hex
    readonly proofSystemId: Hex
    readonly uri: string
  },
  versionTerms: {
    readonly setup: number
    readonly transcriptHash: Hex
    readonly inputSignals: number
    readonly outputSignals: number
  },
): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        {
          type: 'tuple',
          components: [
            { name: 'modelHash', type: 'bytes32' },
            { name: 'circuitHash', type: 'bytes32' },
            { name: 'vkHash', type: 'bytes32' },
            { name: 'proofSystemId', type: 'bytes4' },
            { name: 'uri', type: 'string' },
          ],
        },
        {
          type: 'tuple',
          components: [
            { name: 'setup', type: 'uint8' },
            { name: 'transcriptHash', type: 'bytes32' },
            { name: 'inputSignals', type: 'uint16' },
            { name: 'outputSignals', type: 'uint16' },
          ],
        },
      ],
      [commitment, versionTerms],
    ),
  )
}
