import type { FastifyBaseLogger } from 'fastify'
import type { Registry } from 'prom-client'
import { ZkserveError } from '#circuits/errors.js'
import { connectChain } from '#service/chain/connect-chain.js'
import type { Config } from '#service/config/schema.js'
import type { Database } from '#service/database/open-database.js'
import type { JobChanges } from '#service/jobs/job-changes.js'
import { type Facilitator, httpFacilitator } from '#service/payments/facilitator-client.js'
import { PaymentChain } from '#service/payments/payment-chain.js'
import { PaymentDesk } from '#service/payments/payment-desk.js'
import { PaymentLedger } from '#service/payments/payment-ledger.js'
import { PaymentMetrics } from '#service/payments/payment-metrics.js'
import { PaymentSettler } from '#service/payments/payment-settler.js'
import { Prices } from '#service/payments/prices.js'
import type { Cipher } from '#service/secrets/cipher.js'

/** How proofs are paid for. */
export interface Payments {
  readonly desk: PaymentDesk
  readonly settler: PaymentSettler
}

interface Grounds {
  readonly config: Config
  readonly database: Database
  readonly cipher: Cipher
  readonly changes: JobChanges
  readonly metrics: { readonly registry: Registry }
  readonly log: FastifyBaseLogger
}

/** ms that the chain of payments may take for one answer. */
const rpcTimeout = 10_000

/** Payments as the settings ask for them, with a settler that runs; null where nothing is charged. @throws ZkserveError `USAGE` */
export async function openPayments({
  config,
  database,
  cipher,
  changes,
  metrics: { registry },
  log,
}: Grounds): Promise<Payments | null> {
  const ledger = new PaymentLedger(database, cipher)
  if (config.paymentTo === '') {
    const open = await ledger.open()
    if (open > 0) log.warn({ open }, 'payments wait that nobody settles while no payTo is set')
    return null
  }
  // No other process can hold a payment where the database is this one's alone.
  if (!config.database.startsWith('postgres')) await ledger.lapseAll()
  const prices = new Prices(config)
  const facilitator = httpFacilitator(config.paymentFacilitator)
  const metrics = new PaymentMetrics(registry, ledger)
  const chain = new PaymentChain(
    () => connectChain({ rpcUrl: config.paymentRpc, timeout: rpcTimeout }),
    config.paymentConfirmations,
  )
  const onError = (error: ZkserveError): void =>
    log.error({ code: error.code, err: error.cause ?? error }, error.message)
  const settler = new PaymentSettler({
    ...{ ledger, chain, facilitator, metrics, onError },
    subscribe: (listener) => changes.subscribe(listener),
  })
  settler.start()
  void warnOfFacilitator(facilitator, config.paymentNetwork, log)
  return { desk: new PaymentDesk({ config, prices, ledger, chain, facilitator, metrics }), settler }
}

/** A facilitator that is down now may be there when somebody pays: it is told, and no more. */
async function warnOfFacilitator(
  facilitator: Facilitator,
  network: string,
  log: FastifyBaseLogger,
): Promise<void> {
  try {
    const { kinds } = await facilitator.supported()
    const found = kinds.some(
      (kind) => kind.x402Version === 2 && kind.scheme === 'exact' && kind.network === network,
    )
    if (!found)
      log.warn({ network }, 'the facilitator does not settle exact payments of x402 version 2 there')
  } catch (error) {
    if (error instanceof ZkserveError) log.warn({ code: error.code }, error.message)
  }
}
