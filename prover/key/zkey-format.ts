import { fieldBytes } from '#prover/curve/bn254.js'
import type { ContainerKind } from '#prover/r1cs/container.js'

/** snarkjs' `.zkey` file, version 1, as a container. */
export const zkeyKind: ContainerKind = { magic: 'zkey', maximumVersion: 1, errorCode: 'INVALID_KEY' }

/** Section types of a Groth16 `.zkey`. */
export const zkeySection = {
  protocol: 1,
  header: 2,
  publicPoints: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const

/** Number of Groth16 in the protocol section. */
export const groth16Protocol = 1

/** Bytes of affine points as they are stored: coordinates in Montgomery form, least significant byte first. */
export const g1Bytes = 2 * fieldBytes
export const g2Bytes = 4 * fieldBytes

/** Offsets in the header section. */
export const zkeyHeader = {
  baseFieldBytes: 0,
  baseModulus: 4,
  scalarFieldBytes: 36,
  scalarModulus: 40,
  wireCount: 72,
  publicCount: 76,
  domainSize: 80,
  alpha1: 84,
  beta1: 148,
  beta2: 212,
  gamma2: 340,
  delta1: 468,
  delta2: 532,
  length: 660,
} as const

/** Bytes of one term in the coefficient section: matrix (0 = A, 1 = B), row, wire, value · 2^512 mod r. */
export const coefficientBytes = 12 + fieldBytes
