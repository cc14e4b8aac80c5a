/** A payment as the model and the contract GuardedPayments see it. */
export interface PaymentFeatures {
  /** Amount, in the contract's units. */
  readonly amount: number
  /** Payments of the account on this day and the day before, this one included, and their sum. */
  readonly count: number
  readonly sum: number
  /** Age of the account, in seconds. */
  readonly age: number
  /** Payments to this payee that were released before. */
  readonly known: number
  /** Largest amount released before. */
  readonly largest: number
  /** Seconds since the account's payment before. */
  readonly idle: number
  /** Hour of the day, 0 to 23. */
  readonly hour: number
}

/** The model's eight inputs, 0 to 255 each, in the contract's order. */
export function lanesOf(payment: PaymentFeatures): number[] {
  const { amount, count, sum, age, known, largest, idle, hour } = payment
  return [
    ...[logStep(amount), Math.min(count, 255), logStep(sum), logStep(age)],
    ...[Math.min(known, 255), logStep(largest), logStep(idle), hour],
  ]
}

/** As LogScale.sol: four steps an octave. @param x a whole number below 2^53 */
export function logStep(x: number): number {
  if (x === 0) return 0
  const exponent = x.toString(2).length - 1
  const next = Math.floor((x / 2 ** exponent - 1) * 4)
  return Math.min(1 + 4 * exponent + next, 255)
}
