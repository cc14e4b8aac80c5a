import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { SerialisedError } from '#circuits/errors.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { JobKind, JobStage, JobState, JobStep } from '#service/jobs/job.js'
import type { ModelState } from '#service/models/registered-model.js'
import type { EndReason, RequestState, StoredAnswer, StoredQuestion } from '#service/oracle/oracle-request.js'
import type { PaymentState } from '#service/payments/payment.js'
import type { Scope, TenantLimits } from '#service/tenants/tenant.js'
import type { DeliveryState, JobEvent, WebhookEvent } from '#service/webhooks/webhook.js'

/** One job; see the migration for what each column holds. Times are the database's. */
export interface JobRow {
  readonly id: string
  readonly model: string
  readonly subject: unknown
  readonly task: Uint8Array | null
  readonly state: JobState
  readonly stage: JobStage | null
  readonly attempt: Generated<number>
  readonly worker: string | null
  readonly lease_until: Date | null
  readonly deadline: Date | null
  readonly result: string | null
  readonly error: JSONColumnType<SerialisedError> | null
  readonly created_at: Generated<Date>
  readonly started_at: Date | null
  readonly finished_at: Date | null
  readonly idempotency_key: string | null
  readonly request: string | null
  readonly waits: Generated<boolean>
  readonly history: GeneratedAlways<JobStep[]>
  readonly tenant: string
  readonly kind: JobKind
  readonly cost: number
  readonly memory: number
  readonly bundle: string | null
  readonly priority: Generated<number>
  readonly payment: string | null
}

/** A process that makes proofs, while it says so. */
export interface WorkerRow {
  readonly name: string
  readonly concurrency: number
  readonly models: string[]
  readonly seen_at: Generated<Date>
  readonly memory: number | null
  readonly kinds: JobKind[]
  readonly store: boolean
}

export interface TenantRow {
  readonly id: string
  readonly limits: JSONColumnType<TenantLimits, string | undefined>
  readonly turn: Generated<number>
  readonly disabled_at: Date | null
  readonly created_at: Generated<Date>
}

export interface ApiKeyRow {
  readonly id: string
  readonly tenant: string
  readonly hash: Uint8Array
  readonly label: string
  readonly scopes: Scope[]
  readonly created_at: Generated<Date>
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly used_at: Date | null
}

/** What one tenant used on one day. */
export interface UsageRow {
  readonly tenant: string
  /** `YYYY-MM-DD` in UTC. */
  readonly day: string
  readonly proofs: Generated<string>
  readonly constraints: Generated<string>
}

/** One model in the store of bundles, or on its way there. */
export interface ModelRow {
  readonly id: string
  readonly tenant: string | null
  readonly name: string
  readonly version: number
  readonly state: Generated<ModelState>
  readonly vk_hash: string | null
  readonly model_hash: string | null
  readonly digest: string | null
  readonly job: string | null
  readonly error: JSONColumnType<SerialisedError> | null
  readonly manifest: JSONColumnType<Manifest> | null
  readonly report: unknown
  readonly options: unknown
  readonly created_at: Generated<Date>
  readonly ready_at: Date | null
  readonly deleted_at: Date | null
}

/** One row: whose the blobs in the store are. */
export interface StoreOwnerRow {
  readonly id: string
}

/** One record of the audit log; see `AuditRecord`. It is written by the database alone. */
export interface AuditRow {
  readonly seq: GeneratedAlways<string>
  readonly at: GeneratedAlways<string>
  readonly tenant: GeneratedAlways<string>
  readonly actor: GeneratedAlways<string>
  readonly action: GeneratedAlways<string>
  readonly subject: GeneratedAlways<string>
  readonly previous: GeneratedAlways<string>
  readonly hash: GeneratedAlways<string>
}

/** Where a tenant is told of its jobs; secrets are sealed. */
export interface WebhookRow {
  readonly id: string
  readonly tenant: string
  readonly url: string
  readonly events: JobEvent[]
  readonly secret: Uint8Array
  readonly old_secret: Uint8Array | null
  readonly old_until: Date | null
  readonly created_at: Generated<Date>
  readonly failing_since: Date | null
  readonly paused_until: Date | null
  readonly disabled_at: Date | null
}

/** One message to one webhook. */
export interface DeliveryRow {
  readonly id: string
  readonly webhook: string
  readonly event: WebhookEvent
  readonly job: string | null
  readonly body: string
  readonly state: Generated<DeliveryState>
  readonly attempts: Generated<number>
  readonly next_at: Generated<Date>
  readonly attempted_at: Date | null
  readonly status: number | null
  readonly created_at: Generated<Date>
  readonly finished_at: Date | null
}

/** A piece of an upload, until its model is built. */
export interface UploadPartRow {
  readonly model: string
  readonly part: 'model' | 'calibration'
  readonly piece: number
  readonly bytes: Uint8Array
  readonly created_at: Generated<Date>
}

/** A signed request that was taken on. */
export interface SpentRequestRow {
  /** EIP-712 hash, 0x hex. */
  readonly digest: string
  readonly until: Date
}

/** What one request pays for its proofs; see the migration for what each column holds. */
export interface PaymentRow {
  readonly id: string
  readonly tenant: string
  readonly network: string
  readonly asset: string
  readonly payer: string
  readonly nonce: string
  readonly pay_to: string
  readonly amount: string
  readonly jobs: number
  readonly payload: Uint8Array | null
  readonly since: string
  readonly state: Generated<PaymentState>
  readonly sent: Generated<boolean>
  readonly attempts: Generated<number>
  readonly next_at: Generated<Date>
  readonly transaction: string | null
  readonly reason: string | null
  readonly created_at: Generated<Date>
  readonly ended_at: Date | null
}

/** An oracle that an account answers; see the migration for the tables of watchers. */
export interface OracleWatchRow {
  readonly id: Generated<number>
  readonly chain_id: string
  readonly oracle: string
  readonly account: string
  readonly owner: string | null
  readonly lease_until: Date | null
  readonly fence: Generated<number>
  readonly spent: Generated<string>
}

export interface OracleBlockRow {
  readonly watch: number
  readonly number: number
  readonly hash: string
  readonly next_request: string | null
}

export interface OracleRequestRow {
  readonly id: Generated<number>
  readonly watch: number
  readonly request: string
  readonly digest: string
  readonly block: number
  readonly question: JSONColumnType<StoredQuestion>
  readonly state: Generated<RequestState>
  readonly reason: EndReason | null
  readonly job: string | null
  readonly tries: Generated<number>
  readonly answer: JSONColumnType<StoredAnswer> | null
  readonly next_at: Generated<Date>
  readonly end_block: number | null
  readonly earned: string | null
  readonly created_at: Generated<Date>
  readonly finished_at: Date | null
}

export interface OracleTransactionRow {
  readonly id: Generated<number>
  readonly watch: number
  readonly nonce: number
  readonly hash: string
  readonly raw: string
  readonly requests: JSONColumnType<number[]>
  readonly gas: string
  readonly max_fee: string
  readonly priority_fee: string
  readonly data_fee: Generated<string>
  readonly state: Generated<'pending' | 'mined' | 'replaced'>
  readonly block: number | null
  readonly cost: string | null
  readonly signed_at: Generated<Date>
}

/** Sums of requests that were forgotten. */
export interface OracleTotalRow {
  readonly watch: number
  readonly outcome: string
  readonly count: string
  readonly earned: string
}

export interface OracleOpeningRow {
  readonly tenant: string
  readonly vk_hash: string
  readonly commitment: string
  readonly opening: Uint8Array
  readonly created_at: Generated<Date>
}

export interface Tables {
  readonly spent_requests: SpentRequestRow
  readonly oracle_watches: OracleWatchRow
  readonly oracle_blocks: OracleBlockRow
  readonly oracle_requests: OracleRequestRow
  readonly oracle_transactions: OracleTransactionRow
  readonly oracle_openings: OracleOpeningRow
  readonly oracle_totals: OracleTotalRow
  readonly upload_parts: UploadPartRow
  readonly audit_log: AuditRow
  readonly models: ModelRow
  readonly store_owner: StoreOwnerRow
  readonly tenants: TenantRow
  readonly api_keys: ApiKeyRow
  readonly usage: UsageRow
  readonly jobs: JobRow
  readonly payments: PaymentRow
  readonly workers: WorkerRow
  readonly webhooks: WebhookRow
  readonly deliveries: DeliveryRow
}
