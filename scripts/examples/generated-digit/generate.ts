import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { bytesToHex } from 'viem'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { proveInference } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import type { GeneratorStage } from '#scripts/examples/generated-digit/stage.js'
import { claimGeneratedDigit } from '#service/chain/claim-generated-digit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import {
  claimIdOf,
  type DigitClaim,
  type DigitMint,
  mintOf,
  promptOf,
} from '#service/chain/generated-digit.js'

/** What a model makes of a latent, proven for a claim that is old enough to be used. */
export interface GeneratedPicture {
  readonly mint: DigitMint
  readonly claimGas: bigint
  /** Milliseconds that the proof took, witness included. */
  readonly proving: number
}

/**
 * Claims a latent's prompt, proves its picture for this claim, and waits until the claim can be used.
 * @param claimDelay in seconds
 */
export async function generate(
  stage: GeneratorStage,
  account: ChainWriter,
  subject: { readonly bundle: Bundle; readonly prover: Prover; readonly latent: FloatTensor },
  claimDelay: number,
): Promise<GeneratedPicture> {
  const { bundle, prover, latent } = subject
  const inputs = new Map([[bundle.model.inputs[0]!.name, latent]])
  const [lanes] = inputLanes(bundle.model, quantiseInputs(bundle.model, inputs).integers)
  const salt = bytesToHex(randomBytes(32))
  const claim: DigitClaim = { minter: account.account.address, prompt: promptOf(lanes!), salt }
  const { generatedDigits } = stage
  const { gasUsed } = await claimGeneratedDigit(account, { generatedDigits, claim })
  const claimed = performance.now()

  const binding = { requester: generatedDigits, nonce: BigInt(claimIdOf(claim)) }
  const context = { chainId: account.chainId, verifier: stage.verifier, ...binding }
  const { timings, ...proven } = await proveInference(bundle, prover, inputs, { context })
  const pixels = bundle.model.outputs[0]!.shape.reduce((product, size) => product * size, 1)
  const mint = mintOf(encodeProofCalldata({ ...proven, ...binding }), claim, pixels)

  // Blocks carry whole seconds.
  await delay(Math.max(0, (claimDelay + 1) * 1000 - (performance.now() - claimed)))
  return { mint, claimGas: gasUsed, proving: timings.witness + timings.prove }
}
