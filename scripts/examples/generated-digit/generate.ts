import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { bytesToHex } from 'viem'
import type { Prover } from '#prover/prover.js'
import type { GeneratorStage } from '#scripts/examples/generated-digit/stage.js'
import { claimGeneratedDigit } from '#service/chain/claim-generated-digit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { DigitClaim, DigitMint } from '#service/chain/generated-digit.js'
import { type GeneratorInput, promptOfInput, provePicture } from '#service/pictures/prove-picture.js'

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
  { generatedDigits, verifier }: GeneratorStage,
  account: ChainWriter,
  subject: GeneratorInput & { readonly prover: Prover },
  claimDelay: number,
): Promise<GeneratedPicture> {
  const salt = bytesToHex(randomBytes(32))
  const claim: DigitClaim = { minter: account.account.address, prompt: promptOfInput(subject), salt }
  const { gasUsed } = await claimGeneratedDigit(account, { generatedDigits, claim })
  const claimed = performance.now()

  const place = { chainId: account.chainId, verifier, generatedDigits }
  const { mint, duration } = await provePicture(place, subject, claim, subject.prover)

  // Blocks carry whole seconds.
  await delay(Math.max(0, (claimDelay + 1) * 1000 - (performance.now() - claimed)))
  return { mint, claimGas: gasUsed, proving: duration }
}
