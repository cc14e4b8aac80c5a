import { type Cell, formatFacts, formatTable } from '#service/cli/table.js'
import type { KeyFacts } from '#service/tenants/key-admin.js'
import type { TenantFacts } from '#service/tenants/tenant-admin.js'

/** One tenant for people. */
export function describeTenant({
  id,
  createdAt,
  disabledAt,
  keys,
  openJobs,
  today,
  limits,
}: TenantFacts): string {
  return formatFacts([
    ['tenant', id],
    ['made', createdAt],
    ['state', disabledAt === null ? 'enabled' : `disabled since ${disabledAt}`],
    ['valid keys', keys],
    ['open jobs', openJobs],
    ['proofs today', today.proofs],
    ['constraints today', today.constraints],
    ...Object.entries(limits).map(([name, value]): [string, Cell] => [`limit ${name}`, value]),
  ])
}

/** A line for each tenant. */
export function describeTenants(tenants: readonly TenantFacts[]): string {
  return formatTable(
    ['tenant', 'state', 'keys', 'open jobs', 'constraints today', 'limits'],
    tenants.map(({ id, disabledAt, keys, openJobs, today, limits }) => [
      id,
      disabledAt === null ? 'enabled' : 'disabled',
      keys,
      openJobs,
      today.constraints,
      Object.entries(limits)
        .map((limit) => limit.join(' '))
        .join(', ') || '-',
    ]),
  )
}

/** A line for each key. */
export function describeKeys(keys: readonly KeyFacts[]): string {
  if (keys.length === 0) return 'no keys yet'
  return formatTable(
    ['key', 'tenant', 'state', 'scopes', 'label', 'made', 'expires', 'used'],
    keys.map((key) => [
      ...[key.id, key.tenant, key.state, key.scopes.join(' '), key.label, key.createdAt],
      ...[key.expiresAt ?? 'never', key.usedAt ?? 'never'],
    ]),
  )
}
