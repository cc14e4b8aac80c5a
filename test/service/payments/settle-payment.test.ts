/** When a payment is settled, when it has failed, and when neither is certain yet. */
import { expect, test } from 'vitest'
import { unavailable } from '#service/payments/facilitator-client.js'
import type { Payment } from '#service/payments/payment.js'
import type { Fate } from '#service/payments/payment-chain.js'
import { settlePayment } from '#service/payments/settle-payment.js'
import type { SettleResponse } from '#service/payments/x402.js'

const network = 'eip155:31337'
const paid: Fate = { kind: 'paid', transaction: '0x01' }
const open: Fate = { kind: 'open' }
const refusal: SettleResponse = {
  success: false,
  errorReason: 'insufficient_funds',
  transaction: '',
  network,
}

interface Course {
  /** What the chain says, one time after another. */
  readonly fates: readonly Fate[]
  readonly answer?: SettleResponse | 'none'
  /** Whether an earlier answer was lost. */
  readonly sent?: boolean
}

async function settle({ fates, answer = 'none', sent = false }: Course) {
  const left = [...fates]
  const noted: boolean[] = []
  let asked = 0
  const end = await settlePayment({ id: 'p', sent } as unknown as Payment, {
    chain: { fateOf: async () => left.shift()! },
    facilitator: {
      settle: async () => {
        asked++
        if (answer === 'none') throw unavailable('nobody answers')
        return answer
      },
    },
    ledger: {
      noteSent: async (_, value) => {
        noted.push(value)
      },
    },
  })
  return { end, asked, noted }
}

const failed = (reason: string) => ({ state: 'failed', reason })
const settled = { state: 'settled', transaction: '0x01' }

test.each<[string, Course, unknown]>([
  ['paid before is settled', { fates: [paid] }, settled],
  ['spent otherwise has failed', { fates: [{ kind: 'void' }] }, failed('authorization_used')],
  [
    'out of date has failed',
    { fates: [{ kind: 'expired' }] },
    failed('invalid_exact_evm_payload_authorization_valid_before'),
  ],
  ['spent by nobody knows what is open', { fates: [{ kind: 'unknown' }] }, null],
])('what the chain decides is not asked of the facilitator: %s', async (_, course, end) => {
  expect(await settle(course)).toEqual({ end, asked: 0, noted: [] })
})

test.each<[string, Course, unknown]>([
  ['settles it', { fates: [open, paid], answer: { success: true, transaction: '0x01', network } }, settled],
  [
    'says so, which the chain does not',
    { fates: [open, open], answer: { success: true, transaction: '0x02', network } },
    null,
  ],
  ['settles it and its answer is lost', { fates: [open, open], answer: 'none' }, null],
  ['refuses what was paid meanwhile', { fates: [open, paid], answer: refusal }, settled],
  ['refuses it', { fates: [open, open], answer: refusal }, failed('insufficient_funds')],
  [
    'refuses it, but may have submitted it before',
    { fates: [open, open], answer: refusal, sent: true },
    null,
  ],
  [
    'has submitted it, and does not know',
    { fates: [open, open], answer: { ...refusal, transaction: '0x02' } },
    null,
  ],
  [
    'has troubles of its own',
    { fates: [open, open], answer: { ...refusal, errorReason: 'unexpected_settle_error' } },
    null,
  ],
])('a facilitator that %s', async (_, course, end) => {
  const outcome = await settle(course)
  expect(outcome).toMatchObject({ end, asked: 1 })
  // What is not known to be unsent is held to be sent, by whoever looks at it next.
  expect(outcome.noted).toEqual(
    (end as { reason?: string } | null)?.reason === undefined ? [true] : [true, false],
  )
})
