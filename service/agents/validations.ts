import { encodeFunctionData, type Hex } from 'viem'
import { agentValidationRegistryAbi } from '#contracts/generated/AgentValidationRegistry.js'
import { inferenceValidatorAbi } from '#contracts/generated/InferenceValidator.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import { requestHashOf, requestPayload, type ValidationClaim } from '#service/agents/validation-claim.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

type Places = Pick<AgentContracts, 'validations' | 'validator'>

/** What a validator said of an agent's work: how often, and 0 to 100 on average. */
export interface ValidationSummary {
  readonly count: number
  readonly average: number
}

/** Asks the validator about a claim; the whole claim stands in the request's URI. Agent's owner or operator only. */
export async function requestValidation(
  chain: ChainWriter,
  { validations, validator }: Places,
  claim: ValidationClaim,
): Promise<{ readonly requestHash: Hex; readonly transaction: SentTransaction }> {
  const requestHash = requestHashOf(claim)
  const payload = Buffer.from(requestPayload(claim).slice(2), 'hex').toString('base64')
  const uri = `data:application/octet-stream;base64,${payload}`
  const data = encodeFunctionData({
    abi: agentValidationRegistryAbi,
    functionName: 'validationRequest',
    args: [validator, claim.agentId, uri, requestHash],
  })
  return { requestHash, transaction: await sendTransaction(chain, { to: validations, data }) }
}

/**
 * Has the validator respond by a proof, made for it as requester and the request's hash as nonce; anyone may.
 *
 * @throws CHAIN_REJECTED with `details.reason`: InvalidProof, NotRequested, AlreadyAnswered, …
 */
export function respondToValidation(
  chain: ChainWriter,
  { validator }: Pick<Places, 'validator'>,
  claim: ValidationClaim,
  proof: ProofWords,
): Promise<SentTransaction> {
  const args = [claim, proof] as const
  const data = encodeFunctionData({ abi: inferenceValidatorAbi, functionName: 'respond', args })
  return sendTransaction(chain, { to: validator, data })
}

/** What this validator said of an agent. @throws CHAIN_UNREACHABLE */
export async function readValidations(
  chain: ChainReader,
  { validations, validator }: Places,
  agentId: bigint,
): Promise<ValidationSummary> {
  try {
    const [count, average] = await chain.client.readContract({
      address: validations,
      abi: agentValidationRegistryAbi,
      functionName: 'getSummary',
      args: [agentId, [validator], 'zkml'],
    })
    return { count: Number(count), average }
  } catch (error) {
    throw toChainError(error)
  }
}
