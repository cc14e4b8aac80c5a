import { ZkserveError } from '#circuits/errors.js'
import { actorOf } from '#service/audit/actor.js'
import { modelName, type UploadOptions } from '#service/builds/build-options.js'
import { estimateUpload } from '#service/builds/estimate-upload.js'
import type { Upload } from '#service/builds/uploads.js'
import type { RequestKey } from '#service/http/idempotency.js'
import type { UploadReply } from '#service/http/schemas/build.js'
import type { JobResult, JobSubject } from '#service/http/schemas/job.js'
import type { Services } from '#service/http/services.js'
import type { Submission } from '#service/jobs/jobs.js'
import type { Origin } from '#service/telemetry/origin.js'
import type { Tenant } from '#service/tenants/tenant.js'

export interface NewUpload {
  readonly tenant: Tenant
  readonly upload: Upload
  readonly options: UploadOptions
  /** The options as they came, to be kept with the model. */
  readonly given: unknown
  readonly key: RequestKey | null
  readonly origin: Origin
  /** Ends the judging of the upload; what was accepted stays. */
  readonly signal: AbortSignal
}

export interface SubmittedUpload extends Submission<JobSubject, JobResult> {
  readonly answer: Omit<UploadReply, 'job'>
}

type Submitting = Pick<Services, 'config' | 'jobs' | 'catalogue' | 'uploads'>

/**
 * Judges an upload, and takes its build on: its files, its model and its job are kept when this settles.
 * @throws ZkserveError what refuses the model, `MODEL_TOO_LARGE`, `QUOTA_EXCEEDED`, `QUEUE_FULL`, `STORE_UNAVAILABLE`
 *   where the service has no store
 */
export async function submitUpload(
  { config, jobs, catalogue, uploads }: Submitting,
  { tenant, upload, options, given, key, origin, signal }: NewUpload,
): Promise<SubmittedUpload> {
  const { registry, store } = catalogue
  if (store === null) throw noStore()
  const { constraintsPerModel = config.maxConstraints, models: most } = tenant.limits
  const maximumConstraints = Math.min(constraintsPerModel, config.maxConstraints)
  const whose = maximumConstraints < config.maxConstraints ? 'the tenant' : 'the service'
  const limit = { constraints: maximumConstraints, whose }
  const { name: named, ...estimate } = await estimateUpload(upload, options.build, limit, signal)
  const model = await registry.create({
    tenant: tenant.id,
    name: options.name ?? nameOf(named),
    options: given,
    actor: actorOf(tenant),
    limit: most ?? (config.modelsPerTenant || Number.POSITIVE_INFINITY),
  })
  const { id, name, version } = model
  const subject = { id, name, version }
  const answer = { model: { ...subject, state: 'building', url: `/models/${id}` }, estimate } as const
  const forget = () => Promise.allSettled([uploads.forget(id), registry.discard(id)])
  let submission: Submission<JobSubject, JobResult>
  try {
    await uploads.keep(id, upload)
    submission = await jobs.submit({
      tenant: tenant.id,
      actor: actorOf(tenant),
      kind: 'build',
      model: '',
      bundle: null,
      cost: estimate.constraints,
      memory: 0,
      subject,
      task: { kind: 'build', model: id, name, origin, options: { ...options.build, maximumConstraints } },
      deadline: null,
      once: key && { ...key, answer, waits: false },
    })
  } catch (error) {
    // What the database does not do now, the sweep of uploads does.
    await forget()
    throw error
  }
  if (submission.first !== null) await forget()
  // Where this fails, the worker does it.
  else await registry.assign(id, submission.job.id).catch(() => undefined)
  return { ...submission, answer }
}

/** The name that a file gives, where it is one for a model. */
function nameOf(named: string): string {
  if (modelName.test(named)) return named
  throw new ZkserveError('INVALID_REQUEST', 'the ONNX file gives no name that can be used', {
    hints: ['Name the model in the part `options`: {"name": "my-model"}.'],
  })
}

function noStore(): ZkserveError {
  return new ZkserveError(
    'STORE_UNAVAILABLE',
    'this service has no store of bundles: models cannot be uploaded',
    {
      hints: ['The operator gives it one with --store.'],
    },
  )
}
