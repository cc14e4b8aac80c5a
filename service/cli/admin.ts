import { InvalidArgumentError, Option } from 'commander'
import type { AdminCall } from '#service/admin/operations.js'
import type { DatabaseFlags } from '#service/cli/database-options.js'

/** Runs work with the service that the flags and the environment name, or with its database. */
export async function administer<Result>(
  { database, dataDir }: DatabaseFlags,
  work: (call: AdminCall) => Promise<Result>,
): Promise<Result> {
  const { resolveConfig } = await import('#service/config/resolve.js')
  const { withAdmin } = await import('#service/admin/with-admin.js')
  return withAdmin(resolveConfig({ database, dataDir }, process.env), work)
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `15m`, `24h` or `30d` in ms. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  if (digits === undefined) throw new InvalidArgumentError('Expected a time such as 90s, 15m, 24h or 30d.')
  return Number(digits) * units[unit!]!
}

/** An option for a time. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parseDuration)
}
