import { type Command, InvalidArgumentError } from 'commander'
import type { AdminCall } from '#service/admin/operations.js'
import { administer } from '#service/cli/admin.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { describeTenant, describeTenants } from '#service/cli/describe-tenant.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { TenantLimits } from '#service/tenants/tenant.js'
import type { LimitChanges, TenantFacts } from '#service/tenants/tenant-admin.js'

const limitFlags = [
  ['--weight <number>', 'share of the workers beside other tenants; 1 by default', 'weight'],
  ['--open-jobs <number>', 'jobs that may be open at once', 'openJobs'],
  ['--requests-per-minute <number>', 'requests in a minute, to each process', 'requestsPerMinute'],
  ['--constraints-per-day <number>', 'constraints proven in a day of UTC', 'constraintsPerDay'],
  ['--models <number>', 'models that may be kept', 'models'],
  ['--constraints-per-model <number>', 'constraints that one model may have', 'constraintsPerModel'],
] as const

type Flags = DatabaseFlags & { readonly [Name in keyof TenantLimits]?: number | 'default' }

const about = `
Limits of a tenant go before the settings of the service; \`default\` gives one back to them. A running service follows
within five seconds.`

/** `zkserve tenant`: who may use a service, and how much. */
export function tenantVerb(program: Command, context: VerbContext): void {
  const tenant = program
    .command('tenant')
    .description('who may use the service, and how much')
    .addHelpText('after', about)
  const one = { tenant, context }
  withLimits(addCommand(tenant, 'add <id>', 'make a tenant')).action((id: string, flags: Flags) =>
    report(context, flags, (call) => call('tenant.add', { id, limits: givenLimits(flags) })),
  )
  withDatabase(addCommand(tenant, 'list', 'all tenants')).action(async (flags: Flags) => {
    const tenants = await administer(flags, (call) => call('tenant.list', {}))
    context.report({ document: { tenants }, text: describeTenants(tenants) })
  })
  addOne(one, 'show', 'limits and use of a tenant', (call, id) => call('tenant.show', { id }))
  withLimits(addCommand(tenant, 'limit <id>', 'set limits; those not named stay')).action(
    (id: string, flags: Flags) =>
      report(context, flags, (call) => call('tenant.limit', { id, limits: limitsOf(flags) })),
  )
  addOne(one, 'disable', 'refuse all keys of a tenant; what was accepted is done', (call, id) =>
    call('tenant.disable', { id }),
  )
  addOne(one, 'enable', 'take the keys of a tenant again', (call, id) => call('tenant.enable', { id }))
  withDatabase(
    addCommand(tenant, 'remove <id>', 'remove a disabled tenant with its keys, jobs and results'),
  ).action(async (id: string, flags: Flags) => {
    const document = await administer(flags, (call) => call('tenant.remove', { id }))
    context.report({ document, text: `removed ${document.removed}` })
  })
}

/** A verb that takes a tenant and tells what it then is. */
function addOne(
  { tenant, context }: { readonly tenant: Command; readonly context: VerbContext },
  name: string,
  description: string,
  work: (call: AdminCall, id: string) => Promise<TenantFacts>,
): void {
  withDatabase(addCommand(tenant, `${name} <id>`, description)).action((id: string, flags: DatabaseFlags) =>
    report(context, flags, (call) => work(call, id)),
  )
}

async function report(
  context: VerbContext,
  flags: DatabaseFlags,
  work: (call: AdminCall) => Promise<TenantFacts>,
): Promise<void> {
  const document = await administer(flags, work)
  context.report({ document, text: describeTenant(document) })
}

function withLimits(command: Command): Command {
  for (const [flag, description] of limitFlags) command.option(flag, description, parseLimit)
  return withDatabase(command)
}

function parseLimit(text: string): number | 'default' {
  if (text === 'default') return text
  if (/^\d{1,15}(\.\d{1,3})?$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a number, or "default".')
}

function limitsOf(flags: Flags): LimitChanges {
  const given = limitFlags.filter(([, , name]) => flags[name] !== undefined)
  const changes = given.map(([, , name]) => [name, flags[name] === 'default' ? null : flags[name]])
  return Object.fromEntries(changes) as LimitChanges
}

function givenLimits(flags: Flags): TenantLimits {
  const given = Object.entries(limitsOf(flags)).filter(([, value]) => value !== null)
  return Object.fromEntries(given) as TenantLimits
}
