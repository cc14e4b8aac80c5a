/** What is sent to families, their votes and their guardians. */
import { type Address, encodeFunctionData } from 'viem'
import { familyVotesAbi } from '#contracts/generated/FamilyVotes.js'
import { guardianCouncilAbi } from '#contracts/generated/GuardianCouncil.js'
import { modelFamilyAbi, modelFamilyBytecode } from '#contracts/generated/ModelFamily.js'
import { asked } from '#service/chain/asked.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import type { Candidate } from '#service/chain/family/content-hash.js'
import type { FamilyRules } from '#service/chain/family/read-family.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** What a family is made of. */
export interface FamilyParts {
  readonly registry: Address
  readonly evaluations: Address
  readonly timelock: Address
  readonly council: Address
  readonly rules: FamilyRules
  readonly first: Candidate
}

/** Deploys a family with its first version. @throws CHAIN_REJECTED (NotEvaluated, NotGoodEnough, …), CHAIN_UNREACHABLE */
export async function deployFamily(
  chain: ChainWriter,
  { registry, evaluations, timelock, council, rules, first }: FamilyParts,
): Promise<{ readonly address: Address; readonly modelId: bigint; readonly gasUsed: bigint }> {
  const args = [registry, evaluations, timelock, council, rules, first]
  const { address, gasUsed } = await deployContract(chain, modelFamilyAbi, modelFamilyBytecode, args)
  const call = { address, abi: modelFamilyAbi, functionName: 'modelId' } as const
  const modelId = await asked(() => chain.client.readContract(call))
  return { address, modelId, gasUsed }
}

/** Has the sender's votes count, for an account. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function delegateVotes(
  chain: ChainWriter,
  { votes, to }: { votes: Address; to: Address },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi: familyVotesAbi, functionName: 'delegate', args: [to] })
  return sendTransaction(chain, { to: votes, data })
}

/** A guardian's objection: to which version of which family, before which council. */
export interface Objection {
  readonly council: Address
  readonly family: Address
  readonly version: number
}

/** Objects to a version in a member's name, or takes that back. @throws CHAIN_REJECTED (NotMember, AlreadyObjected, …) */
export function objectTo(
  chain: ChainWriter,
  { council, family, version }: Objection,
  functionName: 'object' | 'withdrawObjection' = 'object',
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi: guardianCouncilAbi, functionName, args: [family, version] })
  return sendTransaction(chain, { to: council, data })
}
