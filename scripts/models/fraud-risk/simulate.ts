import { lanesOf, type PaymentFeatures } from '#scripts/models/fraud-risk/features.js'
import { normalOf, type Random } from '#scripts/models/random.js'

/** A payment's inputs and whether a thief made it. */
export interface LabelledPayment {
  readonly lanes: readonly number[]
  readonly isFraud: boolean
}

const day = 86_400
const observedDays = 12

/**
 * Some days of an account. Its owner has a usual amount (log-normal around 5,000 units), some payees, waking hours,
 * and now and then a large or a first payment. Of eight accounts one is robbed once: a thief with the spender's key
 * pays one to three payees of his own; most hurry and take much, a quarter pay once, little, by day, and so look
 * like the owner. What a thief pays is never released.
 */
export function simulateAccount(random: Random): LabelledPayment[] {
  const normal = () => normalOf(random)
  const usual = 5_000 * Math.exp(normal())
  const [payees, rate, waking] = [2 + Math.floor(12 * random()), 0.2 + 3 * random() ** 2, 6 + 6 * random()]
  const age = Math.floor(day * 700 * random() ** 2) + 60
  const isSettled = age > 5 * day
  const known = new Map(
    Array.from({ length: payees }, (_, k) => [k, isSettled ? Math.floor(20 * random() ** 2) : 0]),
  )
  const account = new AccountHistory(age, isSettled ? usual * Math.exp(2 * random()) : 0, known)

  const events: { time: number; payee: number; amount: number; isFraud: boolean }[] = []
  for (let today = 0; today < observedDays; today++) {
    for (let left = rate; random() < left; left--) {
      const hour = random() < 0.95 ? waking + 14 * random() : 24 * random()
      const isNew = random() < 0.08
      const isLarge = random() < 0.04
      const amount = usual * Math.exp(0.7 * normal()) * (isLarge ? 4 + 12 * random() : 1)
      const payee = isNew ? 1_000 + events.length : Math.floor(payees * random())
      events.push({ time: (today + hour / 24) * day, payee, amount, isFraud: false })
    }
  }
  if (random() < 1 / 8) {
    const isQuiet = random() < 0.25
    const start =
      (Math.floor(observedDays * random()) + (isQuiet ? (waking + 10 * random()) / 24 : random())) * day
    const count = isQuiet ? 1 : 2 + Math.floor(7 * random())
    for (let k = 0, time = start; k < count; k++, time += 20 + 1_500 * random()) {
      const amount = usual * (isQuiet ? 0.5 + 2 * random() : 2 * Math.exp(0.9 * normal() + 0.5))
      events.push({ time, payee: 9_000 + Math.floor(3 * random()), amount, isFraud: true })
    }
  }
  return events
    .sort((a, b) => a.time - b.time)
    .map(({ time, payee, amount, isFraud }) => ({
      lanes: lanesOf(account.pay(Math.floor(time), payee, Math.ceil(amount), !isFraud)),
      isFraud,
    }))
}

/** What the contract keeps of an account. */
class AccountHistory {
  private readonly payments: { readonly time: number; readonly amount: number }[] = []

  /** @param openedBefore seconds before the first day */
  constructor(
    private readonly openedBefore: number,
    private largest: number,
    private readonly known: Map<number, number>,
  ) {
    this.largest = Math.floor(largest)
  }

  pay(time: number, payee: number, amount: number, isReleased: boolean): PaymentFeatures {
    const last = this.payments.at(-1)?.time ?? -this.openedBefore
    this.payments.push({ time, amount })
    const since = Math.floor(time / day) - 1
    const recent = this.payments.filter((payment) => Math.floor(payment.time / day) >= since)
    const known = this.known.get(payee) ?? 0
    const features = {
      ...{ amount, known, largest: this.largest, idle: time - last, age: time + this.openedBefore },
      ...{ count: recent.length, sum: recent.reduce((sum, payment) => sum + payment.amount, 0) },
      hour: Math.floor((time % day) / 3_600),
    }
    if (isReleased) {
      this.known.set(payee, known + 1)
      this.largest = Math.max(this.largest, amount)
    }
    return features
  }
}
