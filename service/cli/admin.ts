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
