import type { Database } from '#service/database/open-database.js'
import { defaultTenant, type Tenant } from '#service/tenants/tenant.js'

/** ms after which the limits are read again. */
const fresh = 5000

/** The default tenant with the limits that the operator gave it: for services that ask for no keys. */
export class DefaultLimits {
  readonly #tables: Database['tables']
  #tenant = defaultTenant
  #readAt = Number.NEGATIVE_INFINITY

  constructor({ tables }: Pick<Database, 'tables'>) {
    this.#tables = tables
  }

  /** As last read; where that was long ago they are read again meanwhile, so that no request waits for them. */
  get tenant(): Tenant {
    if (performance.now() - this.#readAt > fresh) void this.read()
    return this.#tenant
  }

  /** Reads the limits; where the database does not answer they stay what they were. */
  async read(): Promise<void> {
    this.#readAt = performance.now()
    const row = await this.#tables
      .selectFrom('tenants')
      .select('limits')
      .where('id', '=', defaultTenant.id)
      .executeTakeFirst()
      .catch(() => undefined)
    if (row !== undefined) this.#tenant = { ...defaultTenant, limits: row.limits }
  }
}
