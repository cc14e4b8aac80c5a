import { readFileSync } from 'node:fs'
import type { Address } from 'viem'
import type { ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import type { Inference, ProofWords } from '#service/chain/encode-proof-calldata.js'

interface FixtureProof {
  readonly proof: readonly string[]
  readonly statement: readonly string[]
  readonly requester: Address
  readonly nonce: number
  readonly digit: number
  /** Proofs for nonce 0 carry snarkjs' form too. */
  readonly snarkjs?: ProofWithSignals
}

type Group =
  | 'consumer'
  | 'provenDigit'
  | 'bearer'
  | 'otherModel'
  | 'otherChain'
  | 'otherVerifier'
  | 'rerandomised'

interface Fixtures {
  readonly deployer: Address
  readonly consumer: Address
  readonly registry: Address
  readonly verifier: Address
  readonly provenDigit: Address
  readonly keys: { readonly model: `0x${string}` }
  readonly verificationKey: VerificationKey
  readonly proofs: Readonly<Record<Group, readonly FixtureProof[]>>
}

const file = new URL('../../../verifier-contracts/test/fixtures/proofs.json', import.meta.url)

/** Keys and proofs made by `npm run contracts:fixtures` for contracts that a fresh anvil's first account deploys. */
export const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixtures

/** A fixture proof as the contracts take it. */
export function fixtureInference(group: Group, index = 0): Inference {
  const { proof, statement, requester, nonce } = fixtures.proofs[group][index]!
  return {
    proof: proof.map(BigInt) as unknown as ProofWords,
    statement: statement.map(BigInt),
    requester,
    nonce: BigInt(nonce),
  }
}
