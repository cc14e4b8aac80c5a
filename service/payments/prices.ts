import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Config } from '#service/config/schema.js'

/** In the smallest units of the token. */
interface Price {
  /** For each inference. */
  readonly inference: bigint
  /** For a million constraints that are proven. */
  readonly million: bigint
}

type PriceConfig = Pick<Config, 'paymentPrice' | 'paymentPricePerMillion' | 'paymentPrices'>

/** What proofs cost, by model. */
export class Prices {
  readonly #default: Price
  readonly #models = new Map<string, Price>()

  /** @throws ZkserveError `USAGE` for a model that is named twice */
  constructor({ paymentPrice, paymentPricePerMillion, paymentPrices }: PriceConfig) {
    this.#default = { inference: BigInt(paymentPrice), million: BigInt(paymentPricePerMillion) }
    for (const given of paymentPrices) {
      const [, model = '', inference = '', million = ''] = /^(.+)=(\d+):(\d+)$/.exec(given) ?? []
      if (this.#models.has(model))
        throw new ZkserveError('USAGE', `there are two prices for the model "${model}"`)
      this.#models.set(model, { inference: BigInt(inference), million: BigInt(million) })
    }
  }

  /** The price of proofs of a model, each of as many inferences as its batch has rows. A part of a unit counts whole. */
  of({ manifest, model }: Bundle, proofs: number): bigint {
    const { name, modelHash, vkHash, constraints } = manifest
    const { inference, million } =
      [vkHash, modelHash, name].map((id) => this.#models.get(id)).find((price) => price !== undefined) ??
      this.#default
    const rows = BigInt(proofs) * BigInt(model.batch)
    const proven = BigInt(proofs) * BigInt(constraints.total)
    return inference * rows + (million * proven + 999_999n) / 1_000_000n
  }
}
