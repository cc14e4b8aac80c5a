import { encodeAbiParameters, getAbiItem, type Hex, keccak256 } from 'viem'
import { inferenceValidatorAbi } from '#contracts/generated/InferenceValidator.js'

/** What an agent has validated: this version of a model gives these outputs to this input. */
export interface ValidationClaim {
  readonly agentId: bigint
  readonly modelId: bigint
  readonly version: number
  /** The public signals but the context: the input's, then the packed outputs. */
  readonly statement: readonly bigint[]
  /** Makes the request's hash one of its own. */
  readonly salt: Hex
}

/** The contract's struct `Claim`. */
const [claimType] = getAbiItem({ abi: inferenceValidatorAbi, name: 'respond' }).inputs

/** What stands at the URI of an ERC-8004 validation request to an InferenceValidator. */
export function requestPayload(claim: ValidationClaim): Hex {
  return encodeAbiParameters([claimType], [claim])
}

/** The request's hash, which is the nonce of its proof, with the validator as requester. */
export function requestHashOf(claim: ValidationClaim): Hex {
  return keccak256(requestPayload(claim))
}
