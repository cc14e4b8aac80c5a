import { readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'
import type { VerificationKey } from '#prover/groth16.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'

interface FixtureProof {
  readonly proof: readonly string[]
  readonly statement: readonly string[]
}

type Group = 'jobs' | 'rerandomised' | 'rival' | 'otherInput' | 'otherModel' | 'otherChain' | 'otherEvaluator'

const file = new URL('../../../verifier-contracts/test/fixtures/agents.json', import.meta.url)

/** Contracts that a fresh anvil's first account makes, and proofs for them. */
export const agentFixtures = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly commerce: Address
  readonly evaluator: Address
  readonly validator: Address
  readonly seller: Address
  readonly verificationKey: VerificationKey
  readonly proofs: Readonly<Record<Group, readonly FixtureProof[]>> & {
    readonly validations: readonly (FixtureProof & {
      readonly agentId: number
      readonly salt: Hex
      readonly requestHash: Hex
    })[]
  }
}

/** A proof of the fixtures as contracts take it. */
export function fixtureProof({ proof, statement }: FixtureProof) {
  return { proof: proof.map(BigInt) as unknown as ProofWords, statement: statement.map(BigInt) }
}
