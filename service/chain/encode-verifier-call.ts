import { encodeFunctionData, type Hex } from 'viem'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'

/** An inference by one version of a model. */
export interface VerifierCall {
  /** `consume` spends the caller's nonce, `certify` reverts unless valid for the caller, `verify` returns a bool. */
  readonly functionName: 'consume' | 'certify' | 'verify' | 'check'
  readonly modelId: bigint
  readonly version: number
  readonly inference: Inference
}

/** Calldata for InferenceVerifier, selector included. */
export function encodeVerifierCall({ functionName, modelId, version, inference }: VerifierCall): Hex {
  return encodeFunctionData({ abi: inferenceVerifierAbi, functionName, args: [modelId, version, inference] })
}
