import { Type } from 'typebox'
import type { Groth16Proof, VerificationKey } from '#prover/groth16.js'
import { verificationKeyExample } from '#service/http/schemas/examples.js'

const coordinate = Type.String({ description: 'Decimal.' })
const pair = Type.Array(coordinate, { minItems: 2, maxItems: 2 })

/** A Groth16 proof as snarkjs writes it. */
export const groth16ProofSchema = Type.Unsafe<Groth16Proof>(
  Type.Object(
    {
      protocol: Type.String(),
      curve: Type.String(),
      pi_a: Type.Array(coordinate, { minItems: 3, maxItems: 3 }),
      pi_b: Type.Array(pair, { minItems: 3, maxItems: 3 }),
      pi_c: Type.Array(coordinate, { minItems: 3, maxItems: 3 }),
    },
    { description: 'A Groth16 proof over BN254, as snarkjs writes it.' },
  ),
)

export const publicSignalsSchema = Type.Array(Type.String(), {
  description: 'Decimal, each below the order of the BN254 scalar field.',
})

/** What a proof is bound to, besides its model. */
export const proofContextProperties = {
  chainId: Type.String({ description: 'EIP-155 chain id, decimal.' }),
  verifier: Type.String({ description: 'Address of the InferenceVerifier.' }),
  requester: Type.String({ description: 'Who may consume the proof; the zero address: anyone.' }),
  nonce: Type.String({ description: "The requester's number for the answer, 0x hex." }),
}

/** A Groth16 verifying key as snarkjs writes it. */
export const verificationKeySchema = Type.Unsafe<VerificationKey>(
  Type.Object(
    {
      protocol: Type.String(),
      curve: Type.String(),
      nPublic: Type.Integer(),
      vk_alpha_1: Type.Array(coordinate),
      vk_beta_2: Type.Array(pair),
      vk_gamma_2: Type.Array(pair),
      vk_delta_2: Type.Array(pair),
      vk_alphabeta_12: Type.Optional(Type.Unknown()),
      IC: Type.Array(Type.Array(coordinate)),
    },
    { description: 'Pass it to `snarkjs groth16 verify` as it is.', examples: [verificationKeyExample] },
  ),
)
