import { InvalidArgumentError, Option } from 'commander'

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `15m`, `24h` or `30d` in ms. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  if (digits === undefined) throw new InvalidArgumentError('Expected a time such as 90s, 15m, 24h or 30d.')
  return Number(digits) * units[unit!]!
}

/** An option for a time, read in ms. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parseDuration)
}
