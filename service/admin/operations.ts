import { type Static, type TSchema, Type } from 'typebox'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import { readHead, readPage } from '#service/audit/read-records.js'
import { writeBackup } from '#service/backup/write-backup.js'
import type { Database } from '#service/database/open-database.js'
import { KeyAdmin } from '#service/tenants/key-admin.js'
import { scopes } from '#service/tenants/tenant.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'

/** What operations of the operator work on. */
export interface AdminContext {
  readonly database: Database
}

/** Something that the operator may ask for, of a running service or of its database. Results are JSON values. */
interface Operation<Schema extends TSchema, Result> {
  readonly schema: Schema
  run(context: AdminContext, given: Static<Schema>): Promise<Result>
}

function operation<Schema extends TSchema, Result>(
  schema: Schema,
  run: (context: AdminContext, given: Static<Schema>) => Promise<Result>,
): Operation<Schema, Result> {
  return { schema, run }
}

const closed = { additionalProperties: false }
const tenantId = Type.String({
  pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
  description: '1 to 63 of a-z, 0-9, ".", "_" and "-", the first a letter or a digit',
})
const keyId = Type.String({ pattern: '^[0-9a-f]{16}$', description: '16 hex digits, as the list shows it' })
/** ms, up to a hundred years. */
const duration = Type.Integer({ minimum: 0, maximum: 100 * 366 * 86_400_000 })
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const weight = Type.Number({ minimum: 0.001, maximum: 1000 })
const limits = Type.Object(
  {
    weight: Type.Optional(weight),
    openJobs: Type.Optional(count),
    requestsPerMinute: Type.Optional(count),
    constraintsPerDay: Type.Optional(count),
    models: Type.Optional(count),
    constraintsPerModel: Type.Optional(count),
  },
  closed,
)
const changed = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]))
/** Null: as the settings have it. */
const limitChanges = {
  weight: changed(weight),
  openJobs: changed(count),
  requestsPerMinute: changed(count),
  constraintsPerDay: changed(count),
  models: changed(count),
  constraintsPerModel: changed(count),
}
const ofTenant = Type.Object({ id: tenantId }, closed)

/** All operations by name. */
export const operations = {
  'tenant.add': operation(Type.Object({ id: tenantId, limits }, closed), ({ database }, { id, limits }) =>
    new TenantAdmin(database).add(id, limits),
  ),
  'tenant.list': operation(Type.Object({}, closed), ({ database }) => new TenantAdmin(database).list()),
  'tenant.show': operation(ofTenant, ({ database }, { id }) => new TenantAdmin(database).show(id)),
  'tenant.limit': operation(
    Type.Object({ id: tenantId, limits: Type.Object(limitChanges, closed) }, closed),
    ({ database }, { id, limits }) => new TenantAdmin(database).limit(id, limits),
  ),
  'tenant.disable': operation(ofTenant, ({ database }, { id }) => new TenantAdmin(database).disable(id)),
  'tenant.enable': operation(ofTenant, ({ database }, { id }) => new TenantAdmin(database).enable(id)),
  'tenant.remove': operation(ofTenant, ({ database }, { id }) => new TenantAdmin(database).remove(id)),
  'key.add': operation(
    Type.Object(
      {
        tenant: tenantId,
        label: Type.String({ maxLength: 100 }),
        scopes: Type.Array(Type.Enum([...scopes]), { minItems: 1, uniqueItems: true }),
        lifetime: Type.Union([duration, Type.Null()]),
      },
      closed,
    ),
    ({ database }, request) => new KeyAdmin(database).add(request),
  ),
  'key.list': operation(
    Type.Object({ tenant: Type.Union([tenantId, Type.Null()]) }, closed),
    ({ database }, { tenant }) => new KeyAdmin(database).list(tenant),
  ),
  'key.rotate': operation(
    Type.Object({ id: keyId, overlap: duration }, closed),
    ({ database }, { id, overlap }) => new KeyAdmin(database).rotate(id, overlap),
  ),
  'key.revoke': operation(Type.Object({ id: keyId }, closed), ({ database }, { id }) =>
    new KeyAdmin(database).revoke(id),
  ),
  'audit.head': operation(Type.Object({}, closed), ({ database }) => readHead(database.tables)),
  'audit.page': operation(
    Type.Object({ from: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }, closed),
    ({ database }, { from }) => readPage(database.tables, from),
  ),
  backup: operation(
    Type.Object(
      { file: Type.String({ minLength: 1 }), key: Type.Union([Type.String({ minLength: 1 }), Type.Null()]) },
      closed,
    ),
    ({ database }, options) => writeBackup(database, options),
  ),
}

export type OperationName = keyof typeof operations

type Arguments = { readonly [Name in OperationName]: Static<(typeof operations)[Name]['schema']> }

type Results = { readonly [Name in OperationName]: Awaited<ReturnType<(typeof operations)[Name]['run']>> }

/** Asks for an operation, wherever it is done; `None` where nobody can be asked. */
export type AdminCall<None = never> = <Name extends OperationName>(
  name: Name,
  given: Arguments[Name],
) => Promise<Results[Name] | None>

/**
 * Does an operation here, after a look at its arguments.
 * @throws ZkserveError `USAGE` for arguments that do not fit, and what the operation throws
 */
export function callHere(context: AdminContext): AdminCall {
  return async <Name extends OperationName>(name: Name, given: Arguments[Name]): Promise<Results[Name]> => {
    checkArguments(name, given)
    const { run } = operations[name] as unknown as Operation<TSchema, Results[Name]>
    return run(context, given)
  }
}

/** @throws ZkserveError `USAGE` for arguments that do not fit the operation */
export function checkArguments(name: OperationName, given: unknown): void {
  const { schema } = operations[name]
  const [error] = Errors(schema, given)
  if (error === undefined) return
  const where = error.instancePath.slice(1).replaceAll('/', '.')
  throw new ZkserveError('USAGE', `wrong ${where === '' ? 'arguments' : where}: ${error.message}`)
}
