/** What a key lets its holder do. */
export const scopes = ['infer', 'read', 'models', 'webhooks'] as const

export type Scope = (typeof scopes)[number]

/** What a tenant may use; `undefined`: as the settings have it. */
export interface TenantLimits {
  /** Share of the workers beside other tenants; 1 by default. */
  readonly weight?: number
  /** Jobs that may be open at once. */
  readonly openJobs?: number
  readonly requestsPerMinute?: number
  /** Constraints that may be proven in a day of UTC. */
  readonly constraintsPerDay?: number
  /** Models that may be kept. */
  readonly models?: number
  /** Constraints that one model may have. */
  readonly constraintsPerModel?: number
}

/** On whose behalf a request is made. */
export interface Tenant {
  readonly id: string
  readonly limits: TenantLimits
  /** What the key allows; all where the service asks for none. */
  readonly scopes: readonly Scope[]
  /** Id of the key, null where the service asks for none. */
  readonly key: string | null
}

/** To whom all belongs where the service asks for no keys. */
export const defaultTenant: Tenant = { id: 'default', limits: {}, scopes, key: null }

/** Who calls what is open to all, where the service asks for keys elsewhere: nothing is theirs. */
export const nobody: Tenant = { id: '', limits: {}, scopes: [], key: null }
