import type { SentTransaction } from '#service/chain/send-transaction.js'
import { type Cell, formatFacts } from '#service/cli/table.js'
import type { Outcome } from '#service/cli/verb.js'

/** What came of a transaction: members of the document, facts for people, and with both the hash and the gas. */
export function sentOutcome(
  { hash, gasUsed }: Pick<SentTransaction, 'hash' | 'gasUsed'>,
  document: Readonly<Record<string, unknown>>,
  facts: readonly (readonly [name: string, value: Cell])[],
): Outcome {
  return {
    document: { ...document, transaction: hash, gasUsed: Number(gasUsed) },
    text: formatFacts([...facts, ['transaction', `${hash}, ${gasUsed} gas`]]),
  }
}

/** Seconds since 1970 as people read them. */
export function timeText(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000)
  // Contracts keep times that calendars do not: up to 2^48.
  if (Number.isNaN(date.getTime())) return `second ${seconds} since 1970`
  return date.toISOString().replace('.000Z', 'Z')
}

/** Hundredths of a percent as people read them. */
export function percentText(bps: number): string {
  return `${bps / 100} %`
}

/** Wei as people read them: exactly, in ether. */
export function etherText(wei: bigint): string {
  return `${decimalText(wei)} ether`
}

/** Units of 10^-18 as people read them: exactly, in ones. */
export function decimalText(units: bigint): string {
  const digits = String(units).padStart(19, '0')
  const fraction = digits.slice(-18).replace(/0+$/, '')
  return `${digits.slice(0, -18)}${fraction === '' ? '' : `.${fraction}`}`
}
