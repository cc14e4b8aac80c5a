import type { Selectable } from 'kysely'
import type { SerialisedError } from '#circuits/errors.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { ModelRow } from '#service/database/tables.js'

/** `deleted`: nobody finds it any more; what is in flight may finish. */
export type ModelState = 'building' | 'ready' | 'failed' | 'deleted'

/** A model of the registry: one that is in the store of bundles, or on its way there. Times are ms since the epoch. */
export interface RegisteredModel {
  /** 128 random bits in hex. */
  readonly id: string
  /** Null: the operator's, for all. */
  readonly tenant: string | null
  readonly name: string
  /** From 1 on for each tenant and name. */
  readonly version: number
  readonly state: ModelState
  /** Id of the job that builds it; null for what the operator gave. */
  readonly job: string | null
  readonly error: SerialisedError | null
  /** The bundle's manifest; null before it is built. */
  readonly manifest: Manifest | null
  /** What the upload asked for. */
  readonly options: unknown
  readonly createdAt: number
  readonly readyAt: number | null
}

export const modelColumns = [
  ...(['id', 'tenant', 'name', 'version', 'state', 'job', 'error', 'manifest', 'options'] as const),
  ...(['created_at', 'ready_at'] as const),
] as const

export function modelOfRow(row: Pick<Selectable<ModelRow>, (typeof modelColumns)[number]>): RegisteredModel {
  const { id, tenant, name, version, state, job, error, manifest, options } = row
  return {
    ...{ id, tenant, name, version, state, job, error, manifest, options },
    createdAt: row.created_at.getTime(),
    readyAt: row.ready_at?.getTime() ?? null,
  }
}
