import type { Address } from 'viem'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { proveInference } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import {
  claimIdOf,
  type DigitClaim,
  type DigitMint,
  mintOf,
  promptOf,
} from '#service/chain/generated-digit.js'

/** A generator and a latent for it. */
export interface GeneratorInput {
  readonly bundle: Bundle
  readonly inputs: ReadonlyMap<string, FloatTensor>
}

/** Where a picture's proof counts. */
export interface PicturePlace {
  readonly chainId: number
  readonly verifier: Address
  readonly generatedDigits: Address
}

/** The prompt of a latent. @throws ZkserveError `INVALID_INPUT` unless it has eight integers of 8 bits */
export function promptOfInput({ bundle: { model }, inputs }: GeneratorInput): string {
  return promptOf(inputLanes(model, quantiseInputs(model, inputs).integers).flat())
}

/**
 * Makes a latent's picture, and proves it for a claim.
 *
 * @returns what is minted, and the milliseconds that it took
 * @throws ZkserveError `PROVING_FAILED`, `CANCELLED`; `INVALID_INPUT` if an output is no pixel
 */
export async function provePicture(
  { chainId, verifier, generatedDigits }: PicturePlace,
  { bundle, inputs }: GeneratorInput,
  claim: DigitClaim,
  prover: Prover,
  signal?: AbortSignal,
): Promise<{ readonly mint: DigitMint; readonly duration: number }> {
  const binding = { requester: generatedDigits, nonce: BigInt(claimIdOf(claim)) }
  const context = { chainId, verifier, ...binding }
  const options = { context, ...(signal === undefined ? {} : { signal }) }
  const { timings, ...proven } = await proveInference(bundle, prover, inputs, options)
  const pixels = bundle.model.outputs[0]!.shape.reduce((product, size) => product * size, 1)
  const mint = mintOf(encodeProofCalldata({ ...proven, ...binding }), claim, pixels)
  return { mint, duration: timings.witness + timings.prove }
}
