/** Messages as receivers get them, over PGlite and over a Postgres server, where one is installed. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { JobChanges } from '#service/jobs/job-changes.js'
import { Cipher } from '#service/secrets/cipher.js'
import type { AttemptOutcome } from '#service/webhooks/delivery-queue.js'
import { DeliveryQueue } from '#service/webhooks/delivery-queue.js'
import { DeliverySender, type DeliverySenderOptions } from '#service/webhooks/delivery-sender.js'
import { WebhookGuard } from '#service/webhooks/guard.js'
import { signedHeaders } from '#service/webhooks/signature.js'
import { jobEvents } from '#service/webhooks/webhook.js'
import { Webhooks } from '#service/webhooks/webhooks.js'
import { testCertificate, testKey } from '../support/test-certificate.js'
import { type Backing, jobsOver, type TestJobs, testJob } from '../support/test-jobs.js'
import { nobodyBusy, quickBackings, type Receiver, startReceiver } from '../support/test-webhooks.js'

const tenant = 'default'

describe.each(quickBackings)('a sender %s', (_name, back) => {
  let backing: Backing
  let jobs: TestJobs
  let changes: JobChanges
  const cipher = Cipher.ephemeral()
  const senders: DeliverySender[] = []
  const receivers: Receiver[] = []
  const errors: unknown[] = []

  beforeAll(async () => {
    backing = await back()
    jobs = await jobsOver(await backing.open())
    changes = await JobChanges.open(jobs.database)
    await jobs.database.tables.insertInto('tenants').values({ id: 'other' }).execute()
  })
  afterAll(async () => {
    await changes?.close()
    await jobs?.close()
    backing?.end()
  })
  afterEach(async () => {
    await Promise.all(senders.splice(0).map((sender) => sender.stop()))
    for (const receiver of receivers.splice(0)) await receiver.close()
    await jobs.database.tables.deleteFrom('webhooks').execute()
    expect(errors.splice(0)).toEqual([])
  })

  const receive = async (answer?: Parameters<typeof startReceiver>[0]) => {
    const receiver = await startReceiver(answer)
    receivers.push(receiver)
    return receiver
  }
  const guardFor = () => new WebhookGuard(receivers.map(({ address }) => address))
  const manage = () => new Webhooks(jobs.database, cipher, guardFor(), 100)
  const queueOf = (lease = 20_000) => new DeliveryQueue(jobs.database, cipher, { lease })
  const add = async (receiver: Receiver, of = tenant) => {
    const { webhook, secret } = await manage().create(of, receiver.url, jobEvents)
    return { id: webhook.id, secret }
  }
  const outcomes: [AttemptOutcome, string | null][] = []
  const send = (options: Partial<DeliverySenderOptions> = {}, queue = queueOf()) => {
    outcomes.length = 0
    const sender = new DeliverySender(queue, guardFor(), {
      subscribe: (listener) => changes.subscribe(listener),
      onError: (error) => errors.push(error),
      onAttempt: (_claim, outcome, reason) => outcomes.push([outcome, reason]),
      poll: 50,
      ...options,
    })
    senders.push(sender)
    sender.start()
    return sender
  }
  const endJob = async (of = tenant) => {
    const creation = await jobs.queue.create(testJob('a', { tenant: of }), { room: 1000, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    await jobs.queue.cancel(of, creation.job.id)
    return creation.job.id
  }
  const deliveries = async (id: string, of = tenant) =>
    (await manage().deliveries(of, id, 100, null)).deliveries
  const until = async (met: () => boolean | Promise<boolean>) => {
    while (!(await met())) await sleep(10)
  }

  test('tells of a job that ends, with a signature that the library verifies', async () => {
    const receiver = await receive()
    const { id, secret } = await add(receiver)
    send({ poll: 60_000 })
    const job = await endJob()
    await until(() => outcomes.length === 1)
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]]
    const message = new Webhook(secret).verify(body, headers as Record<string, string>)
    expect(message).toMatchObject({ type: 'job.cancelled', data: { id: job, url: `/jobs/${job}` } })
    expect(headers['content-type']).toBe('application/json')
    const [delivery] = await deliveries(id)
    expect(delivery).toMatchObject({
      id: headers['webhook-id'],
      state: 'delivered',
      status: 204,
      attempts: 1,
    })
    // Nothing else of it holds, and no other key.
    const changed = body.replace('cancelled', 'succeeded')
    const given = headers as Record<string, string>
    expect(() => new Webhook(secret).verify(changed, given)).toThrow(/signature/)
    expect(() => new Webhook(secret).verify(body, { ...given, 'webhook-id': 'msg_x' })).toThrow(/signature/)
    expect(() => new Webhook(secret.replace(/.{8}=$/, 'AAAAAAA=')).verify(body, given)).toThrow(/signature/)
  })

  test('shares the messages with others: each arrives once', async () => {
    const receiver = await receive()
    await add(receiver)
    for (let i = 0; i < 3; i++) send()
    const ended = await Promise.all(Array.from({ length: 20 }, () => endJob()))
    await until(() => receiver.received.length >= 20)
    await Promise.all(senders.map((sender) => sender.stop(5000)))
    const told = receiver.received.map(({ body }) => JSON.parse(body).data.id)
    expect(told.toSorted()).toEqual(ended.toSorted())
  })

  test('sends again what another sent before it died: the same id, so that the receiver has one effect', async () => {
    const receiver = await receive()
    await add(receiver)
    await endJob()
    // As a sender whose process is killed between the answer and its note.
    const claim = (await queueOf(300).claim(nobodyBusy))!
    const headers = signedHeaders(claim.id, claim.body, claim.secrets(), new Date())
    await fetch(claim.url, { method: 'POST', body: claim.body, headers })
    send()
    await until(() => outcomes.length === 1)
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[1]!.body).toBe(receiver.received[0]!.body)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('is not held up by receivers that never answer', async () => {
    const stuck = await receive(() => {})
    const quick = await receive()
    for (let i = 0; i < 3; i++) await add(stuck)
    await add(quick, 'other')
    send({ concurrency: 4, perTenant: 3, perWebhook: 2 })
    for (let i = 0; i < 4; i++) await endJob()
    await until(() => stuck.received.length === 3)
    const told = await Promise.all(Array.from({ length: 5 }, () => endJob('other')))
    await until(() => quick.received.length === 5)
    expect(told).toHaveLength(5)
    // Nor are those that never answer asked by more at once than may.
    expect(stuck.received).toHaveLength(3)
  })

  test('gives an attempt its time, and says the same of all that fail', async () => {
    const silent = await receive(() => {})
    const rude = await receive((response) => response.socket!.destroy())
    const odd = await receive((response) => response.socket!.end('SSH-2.0-OpenSSH_9.2\r\n'))
    const upgrading = await receive((response) =>
      response.writeHead(101, { upgrade: 'x', connection: 'upgrade' }).end(),
    )
    const gone = await receive()
    const hooks = []
    for (const receiver of [silent, rude, odd, upgrading, gone]) hooks.push(await add(receiver))
    await gone.close()
    await endJob()
    send({ timeout: 300 })
    await until(() => outcomes.length === 5)
    for (const { id } of hooks) {
      const [delivery] = await deliveries(id)
      expect(delivery).toMatchObject({ state: 'pending', attempts: 1, status: null, finishedAt: null })
    }
    expect(outcomes.map(([outcome]) => outcome)).toEqual(Array(5).fill('retry'))
    expect(outcomes.map(([, reason]) => reason)).toContain('TIMEOUT')
    for (const [, reason] of outcomes) expect(reason).toMatch(/^[A-Z0-9_]+$/)
  })

  test('reads no more of an answer than a little, and its status alone counts', async () => {
    const written: number[] = []
    const endless = await receive(async (response) => {
      response.writeHead(200)
      let count = 0
      response.on('close', () => written.push(count))
      response.on('error', () => {})
      while (!response.destroyed && count < 1000) {
        count++
        response.write(Buffer.alloc(65_536))
        await sleep(1)
      }
    })
    const dripping = await receive((response) => {
      response.writeHead(202).write('x')
    })
    const [first, second] = [await add(endless), await add(dripping)]
    await endJob()
    send()
    await until(() => outcomes.length === 2)
    expect((await deliveries(first.id))[0]).toMatchObject({ state: 'delivered', status: 200 })
    expect((await deliveries(second.id))[0]).toMatchObject({ state: 'delivered', status: 202 })
    await until(() => written.length === 1)
    expect(written[0]).toBeLessThan(1000)
  })

  test('trusts no certificate that nobody vouches for, whatever the environment says', async () => {
    let reached = 0
    const server = createServer({ key: testKey, cert: testCertificate }, (_request, response) => {
      reached++
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const guard = new WebhookGuard([address])
    await new Webhooks(jobs.database, cipher, guard, 100).create(tenant, `https://${address}/`, jobEvents)
    await endJob()
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const sender = new DeliverySender(queueOf(), guard, {
      subscribe: () => () => {},
      onError: (error) => errors.push(error),
      onAttempt: (_claim, outcome, reason) => outcomes.push([outcome, reason]),
    })
    outcomes.length = 0
    senders.push(sender)
    sender.start()
    await until(() => outcomes.length === 1)
    vi.unstubAllEnvs()
    expect(outcomes[0]).toEqual(['retry', expect.stringMatching(/CERT|SIGNATURE/)])
    expect(reached).toBe(0)
    server.close()
  })

  test('checks addresses at each attempt: what was allowed once is not for ever', async () => {
    const receiver = await receive()
    const { id } = await add(receiver)
    await endJob()
    receivers.length = 0
    send()
    await until(() => outcomes.length === 1)
    receivers.push(receiver)
    expect(receiver.received).toHaveLength(0)
    expect(outcomes[0]).toEqual(['retry', 'WEBHOOK_REFUSED'])
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', status: null })
  })

  test('that stops gives back what it cannot end; the next one sends it', async () => {
    let slow = true
    const receiver = await receive((response) => {
      if (!slow) response.writeHead(204).end()
    })
    const { id } = await add(receiver)
    const sender = send()
    await endJob()
    await until(() => receiver.received.length === 1)
    await sender.stop(20)
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', attempts: 0 })
    slow = false
    send()
    await until(() => outcomes.length === 1)
    expect((await deliveries(id))[0]).toMatchObject({ state: 'delivered', attempts: 1 })
  })

  test('whose key is missing says so, and tries again later', async () => {
    const receiver = await receive()
    const { id } = await add(receiver)
    await endJob()
    send({}, new DeliveryQueue(jobs.database, Cipher.ephemeral()))
    await until(() => outcomes.length === 1)
    expect(errors.splice(0)).toMatchObject([{ code: 'DECRYPTION_FAILED' }])
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', status: null })
    expect(receiver.received).toEqual([])
  })
})
