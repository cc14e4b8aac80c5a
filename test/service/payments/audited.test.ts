/** What the audit log tells of payments. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actAs } from '#service/audit/actor.js'
import { readPage } from '#service/audit/read-records.js'
import { type Database, openMemory } from '#service/database/open-database.js'
import { PaymentLedger } from '#service/payments/payment-ledger.js'
import type { PaymentRequirements } from '#service/payments/x402.js'
import { Cipher } from '#service/secrets/cipher.js'
import { freshNonce } from './payment-stage.js'

let database: Database
let ledger: PaymentLedger
beforeAll(async () => {
  database = await openMemory()
  ledger = new PaymentLedger(database, new Cipher([new Uint8Array(32).fill(1)]))
})
afterAll(() => database.close())

const signature = `0x${'5e'.repeat(65)}`
const requirements: PaymentRequirements = {
  ...{ scheme: 'exact', network: 'eip155:1', amount: '7', asset: `0x${'aa'.repeat(20)}` },
  ...{ payTo: `0x${'bb'.repeat(20)}`, maxTimeoutSeconds: 60, extra: { name: 'T', version: '1' } },
}

async function taken() {
  const id = randomBytes(16).toString('hex')
  const authorization = {
    ...{ from: `0x${'cc'.repeat(20)}`, to: requirements.payTo, value: '7', nonce: freshNonce() },
    ...{ validAfter: '0', validBefore: '9999999999' },
  }
  const payload = { x402Version: 2 as const, accepted: requirements, payload: { signature, authorization } }
  const payment = { id, payload, requirements, since: 0n, sent: false, attempts: 1 }
  await actAs(database.tables, 'key:k1', (tables) =>
    ledger.take(tables, payment, { tenant: 'acme', jobs: 2 }),
  )
  return payment
}

test('payments are on record with their acts, who paid whom what, and no signature', async () => {
  const [settled, failed, released] = [await taken(), await taken(), await taken()]
  const transaction = `0x${'01'.repeat(32)}`
  expect(await ledger.end(settled, { state: 'settled', transaction })).toBe(true)
  // What another process ended is not ended twice, nor told twice.
  expect(await ledger.end(settled, { state: 'failed', reason: 'late' })).toBe(false)
  expect(await ledger.end(failed, { state: 'failed', reason: 'insufficient_funds' })).toBe(true)
  expect(await ledger.release(released.id)).toBe(true)
  await ledger.noteSent(released.id, true)
  const records = (await readPage(database.tables, 1)).filter(({ action }) => action.startsWith('payment.'))
  const told = records.map(({ tenant, actor, action, subject }) => ({
    tenant,
    actor,
    action,
    ...JSON.parse(subject),
  }))
  const line = ({ id }: { readonly id: string }) => ({
    ...{ tenant: 'acme', id, jobs: 2, network: 'eip155:1', amount: '7', payer: `0x${'cc'.repeat(20)}` },
    ...{ asset: requirements.asset, pay_to: requirements.payTo },
  })
  const added = { actor: 'key:k1', action: 'payment.added', state: 'accepted' }
  const changed = { actor: 'service', action: 'payment.changed' }
  expect(told).toMatchObject([
    { ...line(settled), ...added },
    { ...line(failed), ...added },
    { ...line(released), ...added },
    { ...line(settled), ...changed, state: 'settled', transaction },
    { ...line(failed), ...changed, state: 'failed', reason: 'insufficient_funds' },
    { ...line(released), ...changed, state: 'released' },
  ])
  expect(JSON.stringify(records)).not.toContain('5e5e5e')
})
