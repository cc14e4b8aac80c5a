/** A point of G1 as snarkjs writes it: affine or projective decimal strings, third coordinate 1 (0 = infinity). */
export type G1Point = readonly [string, string, string]
/** A point of G2 as snarkjs writes it: pairs (c0, c1) of decimal strings. */
export type G2Point = readonly [
  readonly [string, string],
  readonly [string, string],
  readonly [string, string],
]

/** A Groth16 proof over BN254 in snarkjs' JSON form. */
export interface Groth16Proof {
  readonly protocol: 'groth16'
  readonly curve: 'bn128'
  readonly pi_a: G1Point
  readonly pi_b: G2Point
  readonly pi_c: G1Point
}

/** A Groth16 verifying key in snarkjs' JSON form. */
export interface VerificationKey {
  readonly protocol: 'groth16'
  readonly curve: 'bn128'
  readonly nPublic: number
  readonly vk_alpha_1: G1Point
  readonly vk_beta_2: G2Point
  readonly vk_gamma_2: G2Point
  readonly vk_delta_2: G2Point
  readonly vk_alphabeta_12?: unknown
  readonly IC: readonly G1Point[]
}

/** A proof with its public signals, decimal strings below r. */
export interface ProofWithSignals {
  readonly proof: Groth16Proof
  readonly publicSignals: readonly string[]
}
