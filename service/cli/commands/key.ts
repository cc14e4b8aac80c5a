import { type Command, Option } from 'commander'
import { administer } from '#service/cli/admin.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { describeKeys } from '#service/cli/describe-tenant.js'
import { durationOption } from '#service/cli/duration.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { NewKey } from '#service/tenants/key-admin.js'
import { type Scope, scopes } from '#service/tenants/tenant.js'

interface AddFlags extends DatabaseFlags {
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly expiresIn?: number
}

interface RotateFlags extends DatabaseFlags {
  readonly overlap: number
}

const day = 86_400_000

const about = `
Scopes: infer (answers and proofs), read (models, jobs, usage), models (uploads), webhooks. A running service follows
within five seconds.`

/** `zkserve key`: the API keys of tenants. */
export function keyVerb(program: Command, context: VerbContext): void {
  const key = program.command('key').description('API keys of tenants').addHelpText('after', about)
  withDatabase(addCommand(key, 'add <tenant>', 'make a key; it is shown once'))
    .option('--label <text>', 'what it is for', '')
    .addOption(new Option('--scopes <names...>', 'what it allows').choices(scopes).default(scopes, 'all'))
    .addOption(
      durationOption('--expires-in <time>', 'how long it is valid, such as 90d; for ever by default'),
    )
    .action(async (tenant: string, flags: AddFlags) => {
      const { label, expiresIn: lifetime = null } = flags
      const request = { tenant, label, scopes: [...new Set(flags.scopes)], lifetime }
      reportNew(context, await administer(flags, (call) => call('key.add', request)))
    })
  withDatabase(addCommand(key, 'list [tenant]', 'keys without their secrets')).action(
    async (tenant: string | undefined, flags: DatabaseFlags) => {
      const keys = await administer(flags, (call) => call('key.list', { tenant: tenant ?? null }))
      context.report({ document: { keys }, text: describeKeys(keys) })
    },
  )
  withDatabase(addCommand(key, 'rotate <key>', 'make a key in place of another, which expires'))
    .addOption(
      durationOption('--overlap <time>', 'how long the other is valid yet, such as 1h').default(day, '24h'),
    )
    .action(async (id: string, flags: RotateFlags) => {
      const { overlap } = flags
      reportNew(context, await administer(flags, (call) => call('key.rotate', { id, overlap })))
    })
  withDatabase(addCommand(key, 'revoke <key>', 'refuse a key from now on')).action(
    async (id: string, flags: DatabaseFlags) => {
      const document = await administer(flags, (call) => call('key.revoke', { id }))
      context.report({ document, text: `revoked ${id} of ${document.tenant}` })
    },
  )
}

function reportNew({ report }: VerbContext, made: NewKey): void {
  report({
    document: made,
    text: `${made.key}\n\nKey ${made.id} of ${made.tenant}: ${made.scopes.join(', ')}. It is shown this once.`,
  })
}
