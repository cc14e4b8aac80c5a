import type { Address } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** Where a contract has proofs verified, and the registry of its models. */
export interface ProofPlace {
  readonly verifier: Address
  readonly registry: Address
}

/** Asks an InferenceOracle, or another contract that tells them alike. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readVerifierOf({ client }: ChainReader, address: Address): Promise<ProofPlace> {
  const read = (functionName: 'verifier' | 'registry') =>
    asked(() => client.readContract({ address, abi: inferenceOracleAbi, functionName }))
  const [verifier, registry] = await Promise.all([read('verifier'), read('registry')])
  return { verifier, registry }
}
