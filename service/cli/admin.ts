import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AdminCall } from '#service/admin/operations.js'

/** Where the tenants are, as for `zkserve serve`. */
export interface PlaceFlags {
  readonly database?: string
  readonly dataDir?: string
}

/** Gives a verb of the operator the options that say where the service keeps its data. */
export function withPlace(command: Command): Command {
  return command
    .option('--database <value>', 'as of `zkserve serve` [ZKSERVE_DATABASE, DATABASE_URL]')
    .option('--data-dir <directory>', 'as of `zkserve serve` [ZKSERVE_DATA_DIR]')
}

/** Runs work with the service that the flags and the environment name, or with its database. */
export async function administer<Result>(
  { database, dataDir }: PlaceFlags,
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
