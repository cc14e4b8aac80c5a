import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import type { Delivery, Seller } from '#service/agents/seller.js'
import type { TypeBoxProvider } from '#service/http/route.js'
import { proofReplySchema } from '#service/http/schemas/inference.js'
import { sideServer } from '#service/http/side-server.js'
import { InTurn } from '#service/in-turn.js'

const uint = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' })

/** An order as it travels: a job of ERC-8183, and what opens its terms. */
export const orderSchema = Type.Object(
  { jobId: uint, input: Type.Unknown(), salt: uint },
  { additionalProperties: false },
)

const hash = Type.String({ pattern: '^0x[0-9a-f]{64}$' })

/** What a seller did for an order: the proven answer, and the transactions that handed it in. */
export const deliverySchema = Type.Object({
  reply: proofReplySchema,
  /** Null where it was submitted before, and what followed failed. */
  submitted: Type.Union([hash, Type.Null()]),
  delivered: hash,
})

type SentOrder = Static<typeof orderSchema>
export type SentDelivery = Static<typeof deliverySchema>

/** Orders that are looked at or worked on at once: anyone may send some, and each is as large as an input. */
const most = 100
/** Deliveries that are remembered, so that an order may be sent again. */
const remembered = 1000
/** ms that a delivery may take: a proof and two transactions. */
const patience = 600_000

/**
 * A seller by HTTP, not listening yet: `POST /orders` does a job and answers with what was delivered. An order that
 * comes again, since its answer was lost, is answered as the first time; who asks must know its input and salt.
 */
export function createSellerApp(
  seller: Pick<Seller, 'work'>,
  { bodyLimit = 4_194_304, logLevel = 'info' } = {},
): FastifyInstance {
  const underWay = new Map<string, Promise<Delivery>>()
  const deliveries = new Map<string, Promise<Delivery>>()
  // Many inputs come to the same integers: each would be proven, where one is paid.
  const jobs = new InTurn()
  const deliver = (order: SentOrder): Promise<Delivery> => {
    const key = createHash('sha256')
      .update(JSON.stringify([order.jobId, order.salt, order.input]))
      .digest('hex')
    const known = deliveries.get(key) ?? underWay.get(key)
    if (known !== undefined) return known
    if (underWay.size >= most)
      throw new ZkserveError('QUEUE_FULL', 'too many orders at once', { details: { retryAfter: 1 } })
    const { jobId, input, salt } = order
    const delivery = jobs.run(jobId, () => seller.work({ jobId: BigInt(jobId), input, salt: BigInt(salt) }))
    underWay.set(key, delivery)
    const end = (): boolean => underWay.delete(key)
    // What was refused now may be taken on later. It takes no place either: anyone can send what is refused.
    delivery.then(() => {
      end()
      deliveries.set(key, delivery)
      const [oldest] = deliveries.keys()
      if (deliveries.size > remembered) deliveries.delete(oldest!)
    }, end)
    return delivery
  }
  const server = sideServer({ bodyLimit, patience, logLevel })
  const app = server.withTypeProvider<TypeBoxProvider>()
  const schema = { body: orderSchema, response: { 200: deliverySchema } }
  app.post('/orders', { schema }, async ({ body, log }) => {
    const { reply, submitted, delivered } = await deliver(body)
    log.info({ job: body.jobId }, 'delivered')
    return { reply, submitted: submitted?.hash ?? null, delivered: delivered.hash }
  })
  return server
}
