import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '#service/config/schema.js'
import type { Database } from '#service/database/open-database.js'
import type { JobChanges } from '#service/jobs/job-changes.js'
import type { ServiceMetrics } from '#service/metrics/service-metrics.js'
import type { Cipher } from '#service/secrets/cipher.js'
import { DeliveryQueue } from '#service/webhooks/delivery-queue.js'
import { DeliverySender } from '#service/webhooks/delivery-sender.js'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { Webhooks } from '#service/webhooks/webhooks.js'

export interface WebhookServices {
  readonly webhooks: Webhooks
  /** Null in a worker or an oracle's watcher: machines that make proofs need no way to the Internet. */
  readonly sender: DeliverySender | null
}

interface Grounds {
  readonly config: Pick<Config, 'role' | 'webhookAllow' | 'webhookLimit'>
  readonly database: Database
  readonly cipher: Cipher
  readonly changes: JobChanges
  readonly metrics: Pick<ServiceMetrics, 'webhookAttempted'>
  readonly log: FastifyBaseLogger
}

/** Webhooks for the routes, and the sender, not started yet. @throws ZkserveError `USAGE` */
export function openWebhooks({ config, database, cipher, changes, metrics, log }: Grounds): WebhookServices {
  const guard = new WebhookGuard(config.webhookAllow)
  const webhooks = new Webhooks(database, cipher, guard, config.webhookLimit)
  if (config.role === 'worker' || config.role === 'oracle') return { webhooks, sender: null }
  const sender = new DeliverySender(new DeliveryQueue(database, cipher), guard, {
    subscribe: (listener) => changes.subscribe(listener),
    onError: (error) => log.error({ code: error.code, err: error.cause ?? error }, error.message),
    onAttempt: ({ id, webhook, attempt }, outcome, reason) => {
      metrics.webhookAttempted(outcome)
      if (outcome === 'delivered') return
      log.info({ webhook, delivery: id, attempt, outcome, reason }, 'a webhook was not delivered')
    },
  })
  return { webhooks, sender }
}
