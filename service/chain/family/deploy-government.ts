import { type Address, getContractAddress } from 'viem'
import { familyGovernorAbi, familyGovernorBytecode } from '#contracts/generated/FamilyGovernor.js'
import { familyTimelockAbi, familyTimelockBytecode } from '#contracts/generated/FamilyTimelock.js'
import { familyVotesAbi, familyVotesBytecode } from '#contracts/generated/FamilyVotes.js'
import { guardianCouncilAbi, guardianCouncilBytecode } from '#contracts/generated/GuardianCouncil.js'
import { provenEvaluationsAbi, provenEvaluationsBytecode } from '#contracts/generated/ProvenEvaluations.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

/** Who holds votes, in units of 10^-18. */
export interface VoteHolder {
  readonly account: Address
  readonly votes: bigint
}

/** How votes go, for good. Times in seconds. */
export interface GovernmentTerms {
  /** From a proposal to its vote. */
  readonly votingDelay: number
  readonly votingPeriod: number
  /** From a vote's success to what it decided. */
  readonly executionDelay: number
  /** Votes that a proposer needs, in units of 10^-18. */
  readonly proposalThreshold: bigint
  /** Part of all votes that must be for, or abstain. */
  readonly quorumPercent: number
}

/** Contracts that govern families. */
export interface DeployedGovernment {
  readonly votes: DeployedContract
  readonly timelock: DeployedContract
  readonly governor: DeployedContract
}

/**
 * Deploys votes, timelock and governor. The timelock names the governor before it is there, so that nobody ever
 * administers it.
 *
 * @throws CHAIN_REJECTED (TimelockClosed where the account sent something else in between), CHAIN_UNREACHABLE
 */
export async function deployGovernment(
  chain: ChainWriter,
  holders: readonly VoteHolder[],
  terms: GovernmentTerms,
): Promise<DeployedGovernment> {
  const votes = await deployContract(chain, familyVotesAbi, familyVotesBytecode, [
    ...['Votes on a family', 'VOTE'],
    holders.map(({ account }) => account),
    holders.map((holder) => holder.votes),
  ])
  const { address } = chain.account
  const nonce = BigInt(await chain.client.getTransactionCount({ address })) + 1n
  const timelock = await deployContract(chain, familyTimelockAbi, familyTimelockBytecode, [
    ...[terms.executionDelay, getContractAddress({ from: address, nonce })],
  ])
  const { votingDelay, votingPeriod, proposalThreshold, quorumPercent } = terms
  const governor = await deployContract(chain, familyGovernorAbi, familyGovernorBytecode, [
    ...[votes.address, timelock.address],
    { votingDelay, votingPeriod, proposalThreshold, quorumPercent: BigInt(quorumPercent) },
  ])
  return { votes, timelock, governor }
}

/** Deploys a council of which `quorum` members deprecate a version. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployCouncil(
  chain: ChainWriter,
  { members, quorum }: { members: readonly Address[]; quorum: number },
): Promise<DeployedContract> {
  const args = [members, BigInt(quorum)]
  return deployContract(chain, guardianCouncilAbi, guardianCouncilBytecode, args)
}

/** Deploys the contract that counts proven answers of the verifier's versions. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployProvenEvaluations(
  chain: ChainWriter,
  { verifier }: { verifier: Address },
): Promise<DeployedContract> {
  return deployContract(chain, provenEvaluationsAbi, provenEvaluationsBytecode, [verifier])
}
