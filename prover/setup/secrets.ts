import { ZkserveError } from '#circuits/errors.js'
import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import type { CurveEngine } from '#prover/curve/engine.js'

/** Overwrites all bytes with random ones. */
export type FillRandom = (bytes: Uint8Array) => void

/** Addresses of the set-up's secrets in the engine, in Montgomery form; γ is 1, as in snarkjs. */
export interface Secrets {
  readonly tau: number
  readonly alpha: number
  readonly beta: number
  readonly delta: number
  /** Drawn last, and only where a set-up makes a commitment key; see `CommitmentKey`. */
  readonly kappa: number | null
}

const modulusBytes = toLittleEndian(scalarModulus)
const maximumDraws = 128

/**
 * Draws τ, α, β, δ and perhaps κ, in this order, uniformly from 2 … r − 1, and τ outside the domain of twice the size.
 *
 * They are drawn into the engine's memory and never leave it, so that destroying the engine overwrites them.
 *
 * @param domainSize a power of two
 * @throws ZkserveError `INTERNAL` if the source of randomness keeps failing
 */
export function drawSecrets(
  engine: CurveEngine,
  fillRandom: FillRandom,
  domainSize: number,
  withKappa = false,
): Secrets {
  const { frm_square, frm_isOne } = engine.operations
  const power = engine.reserve(fieldBytes)
  const tau = drawUntil(engine, fillRandom, (address) => {
    frm_square(address, power)
    for (let size = 2; size < 2 * domainSize; size *= 2) frm_square(power, power)
    return frm_isOne(power) === 0
  })
  const notOne = (address: number): boolean => frm_isOne(address) === 0
  const [alpha, beta, delta] = [0, 1, 2].map(() => drawUntil(engine, fillRandom, notOne)) as [
    number,
    number,
    number,
  ]
  const kappa = withKappa ? drawUntil(engine, fillRandom, notOne) : null
  return { tau, alpha, beta, delta, kappa }
}

/** Addresses of `count` scalars, uniform from 2 … r − 1, in Montgomery form. */
export function drawScalars(engine: CurveEngine, fillRandom: FillRandom, count: number): number[] {
  const { frm_isOne } = engine.operations
  return Array.from({ length: count }, () =>
    drawUntil(engine, fillRandom, (address) => frm_isOne(address) === 0),
  )
}

function drawUntil(
  engine: CurveEngine,
  fillRandom: FillRandom,
  isUsable: (address: number) => boolean,
): number {
  const { frm_toMontgomery, frm_isZero } = engine.operations
  const address = engine.reserve(fieldBytes)
  for (let draw = 0; draw < maximumDraws; draw++) {
    const bytes = engine.bytes(address, fieldBytes)
    fillRandom(bytes)
    bytes[fieldBytes - 1]! &= 0x3f
    if (!isBelowModulus(bytes)) continue
    frm_toMontgomery(address, address)
    if (frm_isZero(address) === 0 && isUsable(address)) return address
  }
  throw new ZkserveError('INTERNAL', 'the source of randomness gives no usable numbers')
}

function isBelowModulus(bytes: Uint8Array): boolean {
  for (let index = fieldBytes - 1; index >= 0; index--) {
    if (bytes[index] !== modulusBytes[index]) return bytes[index]! < modulusBytes[index]!
  }
  return false
}
