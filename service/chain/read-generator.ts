import type { Address, Hex } from 'viem'
import { generatedDigitsAbi as abi } from '#contracts/generated/GeneratedDigits.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** What a GeneratedDigits was deployed with. */
export interface GeneratorTerms {
  readonly generatedDigits: Address
  readonly verifier: Address
  readonly registry: Address
  readonly modelId: bigint
  readonly version: number
  /** Width and height of pictures, in pixels. */
  readonly side: number
  /** Seconds from a claim to its mint. */
  readonly claimDelay: number
}

/** Reads the terms of a GeneratedDigits. @throws CHAIN_REJECTED where it is none, CHAIN_UNREACHABLE */
export async function readGenerator(
  { client }: ChainReader,
  generatedDigits: Address,
): Promise<GeneratorTerms> {
  const tokens = { address: generatedDigits, abi } as const
  return asked(async () => {
    const [verifier, modelId, version, side, claimDelay] = await Promise.all([
      client.readContract({ ...tokens, functionName: 'verifier' }),
      client.readContract({ ...tokens, functionName: 'modelId' }),
      client.readContract({ ...tokens, functionName: 'version' }),
      client.readContract({ ...tokens, functionName: 'side' }),
      client.readContract({ ...tokens, functionName: 'claimDelay' }),
    ])
    const registry = await client.readContract({
      ...{ address: verifier, abi: inferenceVerifierAbi, functionName: 'registry' },
    })
    const sizes = { side: Number(side), claimDelay: Number(claimDelay) }
    return { generatedDigits, verifier, registry, modelId, version, ...sizes }
  })
}

/** When a claim was made, in seconds since 1970; 0 where it was not. @throws CHAIN_UNREACHABLE */
export async function readClaimedAt(
  { client }: ChainReader,
  { generatedDigits, claimId }: { generatedDigits: Address; claimId: Hex },
): Promise<number> {
  const claim = { address: generatedDigits, abi, functionName: 'claimedAt', args: [claimId] } as const
  return Number(await asked(() => client.readContract(claim)))
}
