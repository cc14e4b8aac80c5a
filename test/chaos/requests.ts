import { digitsInput } from '../service/support/bundles.js'
import type { RandomSource } from '../support/random-source.js'
import type { InferBody } from './ledger.js'

/** Requests to a quick model and a slower one, some with deadlines that may pass. */
export function requestMaker(random: RandomSource): (number: number) => InferBody {
  const value = (): number => random.below(5) / 4
  return (number) => ({
    ...(random.below(4) === 0
      ? { model: 'digits', input: digitsInput(value()) }
      : { model: 'pair', input: { a: [value(), value(), value()], b: [value(), value(), value()] } }),
    nonce: String(number),
    ...(random.below(30) === 0 ? { deadline: 500 + random.below(3000) } : {}),
  })
}
