import { readFileSync } from 'node:fs'
import type { Address } from 'viem'
import type { VerificationKey } from '#prover/groth16.js'
import { encodeFulfilment, type Fulfilment, fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'

interface FixtureAnswer {
  readonly requestId: number
  readonly payee: Address
  readonly fee: number
  readonly proof: readonly string[]
  readonly statement: readonly string[]
}

type Group = 'answers' | 'rival' | 'otherModel' | 'otherChain' | 'otherOracle'

const file = new URL('../../../verifier-contracts/test/fixtures/oracle.json', import.meta.url)

/** An oracle that a fresh anvil's first account deploys after registering this key, and answers to its requests. */
export const oracleFixtures = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly oracle: Address
  readonly prover: Address
  readonly rival: Address
  readonly verificationKey: VerificationKey
  readonly proofs: Readonly<Record<Group, readonly FixtureAnswer[]>>
}

/** A fixture answer as the contract takes it. */
export function fixtureAnswer(group: Group, index = 0): Fulfilment {
  const { requestId, payee, fee, proof, statement } = oracleFixtures.proofs[group][index]!
  const terms = { requestId: BigInt(requestId), payee, fee: BigInt(fee) }
  return encodeFulfilment(terms, {
    proof: proof.map(BigInt) as unknown as ProofWords,
    statement: statement.map(BigInt),
    requester: oracleFixtures.oracle,
    nonce: fulfilmentNonce(terms),
  })
}
