import type { Address } from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { acceptDigit } from '#service/chain/accept-digit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'

/** What the demo's attacker has: an honest proof, already accepted, and more proofs to play with. */
export interface Loot {
  /** The contract that accepted the honest proof, and that proof. */
  readonly provenDigit: Address
  readonly accepted: Inference
  /** An honest proof for the same contract and an open request, by the right model; not delivered yet. */
  readonly pending: Inference
  /** A valid proof for that request by another registered model. */
  readonly otherModel: Inference
  /** A second consumer contract with an open request of the same number as `pending`. */
  readonly otherConsumer: Address
}

export interface Refusal {
  readonly forgery: string
  readonly refused: boolean
  /** The contract's own error. */
  readonly reason: string
}

/** Tries five forgeries on chain; each must be refused by the contract. */
export async function tryForgeries(chain: ChainWriter, loot: Loot): Promise<Refusal[]> {
  const { provenDigit, accepted, pending, otherModel, otherConsumer } = loot
  const [commitment, ...outputs] = pending.statement
  const attempts: readonly (readonly [forgery: string, to: Address, inference: Inference])[] = [
    [
      'a changed output',
      provenDigit,
      { ...pending, statement: [commitment!, outputs[0]! ^ 1n, ...outputs.slice(1)] },
    ],
    ["another model's proof", provenDigit, otherModel],
    ['a replayed nonce', provenDigit, accepted],
    ['another consumer', otherConsumer, { ...pending, requester: otherConsumer }],
    [
      'a public signal + r',
      provenDigit,
      { ...pending, statement: [commitment! + scalarModulus, ...outputs] },
    ],
  ]
  const refusals: Refusal[] = []
  for (const [forgery, to, inference] of attempts) {
    const outcome = await acceptDigit(chain, { provenDigit: to, inference }).catch(toZkserveError)
    const refused = outcome instanceof ZkserveError && outcome.code === 'CHAIN_REJECTED'
    const reason = outcome instanceof ZkserveError ? reasonOf(outcome) : 'accepted'
    refusals.push({ forgery, refused, reason })
  }
  return refusals
}

/** The contract error's name, where there is one. */
function reasonOf({ details, message }: ZkserveError): string {
  return String(details.reason ?? message)
}
