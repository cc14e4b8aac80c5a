/** What contract, prover and client call the same of a token of GeneratedDigits. */
import {
  type Address,
  bytesToHex,
  concat,
  encodeAbiParameters,
  type Hex,
  keccak256,
  stringToBytes,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Inference, ProofWords } from '#service/chain/encode-proof-calldata.js'

/** Who wants the picture of which prompt. */
export interface DigitClaim {
  /** Who gets the token. */
  readonly minter: Address
  /** 16 hex digits in lower case, see {@link promptOf}. */
  readonly prompt: string
  /** 32 bytes drawn at random: they hide the prompt until it is minted. */
  readonly salt: Hex
}

/** What `addAigcData` takes; `proof` is 320 bytes. */
export interface DigitMint {
  readonly prompt: string
  /** One byte a pixel, rows from the top. */
  readonly picture: Uint8Array
  readonly proof: Hex
}

const latentSize = 8
const lanes = { count: 7, bits: 32n }

/**
 * The prompt of a latent.
 * @param latent eight integers minus the lower end of their range, 0 to 255 each
 * @throws ZkserveError `INVALID_INPUT`
 */
export function promptOf(latent: ArrayLike<number>): string {
  const integers = Array.from(latent)
  if (integers.length !== latentSize) {
    throw new ZkserveError('INVALID_INPUT', `wrong latent: expected ${latentSize} integers`)
  }
  return bytesToHex(bytesOf(integers)).slice(2)
}

/** The number of a prompt's token, as ERC-7007 has it. */
export function tokenIdOf(prompt: string): bigint {
  return BigInt(keccak256(stringToBytes(prompt)))
}

/** What is claimed on chain, and the nonce of the proof. */
export function claimIdOf({ minter, prompt, salt }: DigitClaim): Hex {
  const types = [{ type: 'address' }, { type: 'uint256' }, { type: 'bytes32' }] as const
  return keccak256(encodeAbiParameters(types, [minter, tokenIdOf(prompt), salt]))
}

/**
 * An inference that was proven for a claim, as it is minted.
 * @param pixels of the picture
 * @throws ZkserveError `INVALID_INPUT` if an output is no pixel
 */
export function mintOf(
  { proof, statement: [latent, ...outputs] }: Pick<Inference, 'proof' | 'statement'>,
  claim: Pick<DigitClaim, 'minter' | 'salt'>,
  pixels: number,
): DigitMint {
  const picture = Array.from({ length: pixels }, (_, k) => {
    const word = outputs[Math.floor(k / lanes.count)] ?? 0n
    return Number(BigInt.asIntN(Number(lanes.bits), word >> (lanes.bits * BigInt(k % lanes.count))))
  })
  const integers = Array.from({ length: latentSize }, (_, j) => Number((latent! >> BigInt(8 * j)) & 0xffn))
  return { prompt: promptOf(integers), picture: bytesOf(picture), proof: encodeMintProof(proof, claim) }
}

/** The proof of a mint: the points, and whom and which claim they are for. */
export function encodeMintProof(
  points: ProofWords,
  { minter, salt }: Pick<DigitClaim, 'minter' | 'salt'>,
): Hex {
  const words = encodeAbiParameters([{ type: 'uint256[8]' }, { type: 'address' }], [points, minter])
  return concat([words, salt])
}

/** @throws ZkserveError `INVALID_INPUT` */
function bytesOf(integers: readonly number[]): Uint8Array {
  if (integers.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) {
    return Uint8Array.from(integers)
  }
  throw new ZkserveError('INVALID_INPUT', 'wrong integers: expected 0 to 255 each')
}
