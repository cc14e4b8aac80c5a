import { randomBytes } from 'node:crypto'
import { bytesToHex } from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { GeneratorStage } from '#scripts/examples/generated-digit/stage.js'
import { claimGeneratedDigit } from '#service/chain/claim-generated-digit.js'
import type { DigitMint } from '#service/chain/generated-digit.js'
import { mintGeneratedDigit } from '#service/chain/mint-generated-digit.js'

export interface Refusal {
  readonly attack: string
  /** The contract error's name. */
  readonly reason: string
}

/**
 * Sends what must be refused while an honest mint is pending.
 * @param pending an honest mint, not sent yet
 * @throws ZkserveError `INTERNAL` where one is accepted
 */
export async function tryAttacks(stage: GeneratorStage, pending: DigitMint): Promise<Refusal[]> {
  const { generatedDigits, rival } = stage
  const { address } = rival.account
  const salt = bytesToHex(randomBytes(32))
  const rivalsProof = withBinding(pending.proof, address, salt)
  const refusals = [
    await refused(stage, 'a pixel painted over', { ...pending, picture: painted(pending.picture) }),
    await refused(stage, 'a latent in capitals, for a second token', {
      ...pending,
      prompt: pending.prompt.toUpperCase(),
    }),
    await refused(stage, "another's name on the proof", { ...pending, proof: rivalsProof }),
  ]
  await claimGeneratedDigit(rival, {
    generatedDigits,
    claim: { minter: address, prompt: pending.prompt, salt },
  })
  return [
    ...refusals,
    await refused(stage, 'overtaking by a claim of his own', { ...pending, proof: rivalsProof }),
  ]
}

/** The name of the error that a mint by the rival is refused with. */
export async function refused(stage: GeneratorStage, attack: string, mint: DigitMint): Promise<Refusal> {
  const { rival, generatedDigits } = stage
  const outcome = await mintGeneratedDigit(rival, { generatedDigits, mint }).then(() => null, toZkserveError)
  if (outcome === null) throw new ZkserveError('INTERNAL', `accepted: ${attack}`)
  if (outcome.code !== 'CHAIN_REJECTED') throw outcome
  return { attack, reason: String(outcome.details.reason ?? outcome.message) }
}

function painted(picture: Uint8Array): Uint8Array {
  return picture.map((value, k) => (k === 0 ? value ^ 0xff : value))
}

/** The same points with another minter and salt. */
function withBinding(proof: `0x${string}`, minter: string, salt: string): `0x${string}` {
  const points = proof.slice(0, 2 + 512)
  return `${points}${minter.slice(2).toLowerCase().padStart(64, '0')}${salt.slice(2)}` as `0x${string}`
}
