import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { FastifyBaseLogger } from 'fastify'
import { toZkserveError, type ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import { AccessGate } from '#service/access/access-gate.js'
import { AuditTrail } from '#service/audit/audit-trail.js'
import { startBuilder } from '#service/builds/start-builder.js'
import { Uploads } from '#service/builds/uploads.js'
import type { Config } from '#service/config/schema.js'
import { openConfigured } from '#service/database/open-configured.js'
import type { Database } from '#service/database/open-database.js'
import type { Drain } from '#service/http/drain.js'
import { Opened } from '#service/http/opened.js'
import { proofReply } from '#service/http/proof-reply.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { JobResult, JobSubject } from '#service/http/schemas/job.js'
import type { WorkerFacts } from '#service/jobs/claim.js'
import { JobChanges } from '#service/jobs/job-changes.js'
import { JobClaims } from '#service/jobs/job-claims.js'
import { JobQueue } from '#service/jobs/job-queue.js'
import { JobWorker, type Work, type WorkOptions } from '#service/jobs/job-worker.js'
import { Jobs } from '#service/jobs/jobs.js'
import { sweepOften } from '#service/jobs/sweep-often.js'
import { sealedTasks } from '#service/jobs/task-codec.js'
import type { InferTask, ServiceTask } from '#service/jobs/tasks.js'
import { workByKind } from '#service/jobs/work-by-kind.js'
import { ServiceMetrics } from '#service/metrics/service-metrics.js'
import { type OpenModels, openModels } from '#service/models/open-models.js'
import { Registrations } from '#service/models/registrations.js'
import type { ServedModels } from '#service/models/served-models.js'
import { openOracle } from '#service/oracle/open-oracle.js'
import { measureOracle } from '#service/oracle/oracle-metrics.js'
import type { OracleWatcher } from '#service/oracle/oracle-watcher.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import { packageVersion } from '#service/package-version.js'
import { openPayments, type Payments } from '#service/payments/open-payments.js'
import { bundleFault } from '#service/pool/bundle-fault.js'
import { ProofPool } from '#service/pool/proof-pool.js'
import { workerMemory } from '#service/pool/worker-memory.js'
import { signReceipt } from '#service/receipts/sign-receipt.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'
import type { Cipher } from '#service/secrets/cipher.js'
import { openCipher } from '#service/secrets/open-cipher.js'
import { tracedWork } from '#service/telemetry/traced-work.js'
import { openWebhooks, type WebhookServices } from '#service/webhooks/open-webhooks.js'

/** What the routes stand on. */
export interface Services extends WebhookServices {
  readonly config: Config
  readonly models: ServedModels
  /** Where models are kept and written down. */
  readonly catalogue: OpenModels
  /** What was uploaded of models, until they are built. */
  readonly uploads: Uploads
  readonly registrations: Registrations
  /** Asks for grants where owners of models want them. */
  readonly access: AccessGate
  readonly pool: ProofPool
  readonly database: Database
  /** Seals what is kept of clients. */
  readonly cipher: Cipher
  readonly changes: JobChanges
  /** What this process tells the audit log of itself. */
  readonly audit: AuditTrail
  readonly queue: JobQueue<ServiceTask, JobSubject, JobResult>
  readonly jobs: Jobs<ServiceTask, JobSubject, JobResult>
  /** Null where this process makes no proofs. */
  readonly worker: JobWorker<ServiceTask, JobResult> | null
  /** Builds uploaded models; null where other processes do. */
  readonly builder: JobWorker<ServiceTask, JobResult> | null
  /** Signs receipts; null where there are none, or where other processes make the proofs. */
  readonly signer: ReceiptSigner | null
  /** How proofs are paid for; null where nothing is charged. */
  readonly payments: Payments | null
  readonly metrics: ServiceMetrics
  /** Answers an oracle's requests; null where this process does not. */
  readonly oracle: OracleWatcher | null
  /** No job is swept any more by this process. */
  readonly stopSweeping: () => Promise<void>
  readonly drain: Drain
}

/** ms for which a claim holds without renewal: two of them after a worker's death its jobs run again. */
export const lease = 10_000

/**
 * Opens the database, and starts pool and worker.
 * @throws ZkserveError `DATABASE_UNAVAILABLE`, `DATA_DIRECTORY_IN_USE`, `USAGE`
 */
export async function createServices(
  config: Config,
  given: ServedModels,
  signer: ReceiptSigner | null,
  log: FastifyBaseLogger,
  oracleSigner: TransactionSigner | null = null,
): Promise<Services> {
  const registrations = new Registrations(config.registrations, given)
  const opened = new Opened()
  try {
    const database = opened.add(await openConfigured(config, log), (database) => database.close())
    const catalogue = opened.add(await openModels(config, given, database, log), (models) => models.close())
    const { models, store } = catalogue
    const cipher = openCipher(config, process.env)
    const uploads = new Uploads(database, cipher)
    const changes = opened.add(await JobChanges.open(database), (changes) => changes.close())
    const about = { role: config.role, version: packageVersion() }
    const onError = (error: ZkserveError): void =>
      log.error({ code: error.code, err: error.cause ?? error }, error.message)
    const audit = opened.add(await AuditTrail.start(database, about, { onError }), (trail) => trail.stop())
    const kept = { lease, tasks: sealedTasks<ServiceTask>(cipher) }
    const queue = new JobQueue<ServiceTask, JobSubject, JobResult>(database, changes, kept)
    const pool = opened.add(new ProofPool(config), (pool) => pool.close())
    const metrics = new ServiceMetrics(models.names, pool, queue)
    const limits = {
      room: config.queueSize,
      openJobs: config.openJobs === 0 ? null : config.openJobs,
      constraintsPerDay: config.constraintsPerDay || null,
    }
    const jobs = opened.add(new Jobs(queue, limits), async (jobs) => jobs.close())
    const told = openWebhooks({ config, database, cipher, changes, metrics, log })
    const payments = opened.add(
      await openPayments({ config, database, cipher, changes, metrics, log }),
      async (payments) => payments?.settler.stop(0),
    )
    const name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
    const services = {
      ...told,
      payments,
      config,
      catalogue,
      models,
      uploads,
      registrations,
      access: new AccessGate(config, given, database),
      pool,
      database,
      cipher,
      changes,
      audit,
      queue,
      jobs,
      signer,
      metrics,
      oracle: null,
      drain: { begun: false },
    }
    const retention = { lifetime: config.jobLifetime, limit: config.jobLimit }
    const claims = new JobClaims<ServiceTask, JobResult>(database, changes, { ...kept, ...retention })
    // No other process can hold a claim where the database is this one's alone.
    if (!config.database.startsWith('postgres')) await claims.lapseAll()
    const stopSweeping = opened.add(sweepOften(claims, onError), (stop) => stop())
    const oracle = oracleSigner && openOracle({ ...services, name, lease, signer: oracleSigner, log })
    if (oracle !== null) measureOracle(metrics.registry, database)
    // Keys that sign transactions stay apart from provers where there are workers.
    const proves = config.role !== 'api' && (oracle === null || !config.database.startsWith('postgres'))
    if (!proves) return { ...services, oracle, stopSweeping, worker: null, builder: null }
    const facts: WorkerFacts = {
      name,
      concurrency: config.concurrency,
      kinds: ['proof'],
      models: models.bundles.map(({ manifest }) => manifest.vkHash),
      store: store !== null,
      memory: workerMemory(config.memory),
    }
    const byKind = workByKind<JobResult>({
      proof: proveTask({ models, pool, signer, metrics }),
      build: null,
    })
    const worker = opened.add(
      new JobWorker(claims, tracedWork(byKind, log), { ...facts, onError }),
      (worker) => worker.stop(),
    )
    await worker.start()
    const builder = await startBuilder({ config, claims, catalogue, uploads, name: facts.name, log, onError })
    return { ...services, oracle, stopSweeping, worker, builder }
  } catch (error) {
    await opened.close()
    throw error
  }
}

type Proving = Pick<Services, 'models' | 'pool' | 'signer' | 'metrics'>

function proveTask({ models, pool, signer, metrics }: Proving): Work<InferTask, ProofReply> {
  const prove = async (
    { registration, kind: _, origin: __, ...task }: InferTask,
    bundle: Bundle,
    options: WorkOptions,
    waited: number,
  ): Promise<ProofReply> => {
    const { manifest, dir } = bundle
    const { name } = manifest
    try {
      const proven = await pool.run({ ...task, dir }, options, waited)
      // Signed once: the receipt is kept with the result.
      const receipt = signer && (await signReceipt(signer, { ...proven, manifest }))
      const reply = proofReply(bundle, proven, registration, receipt)
      metrics.proofMade(name, proven.timings)
      return reply
    } catch (thrown) {
      const error = bundleFault(toZkserveError(thrown), name)
      metrics.proofFailed(name, error.code)
      throw error
    }
  }
  return ({ task, waited }, options) => {
    const begun = performance.now()
    const use = (bundle: Bundle): Promise<ProofReply> =>
      prove(task, bundle, options, waited + performance.now() - begun)
    return models.use(task.vkHash, use, options.signal)
  }
}

/** Ends the work that {@link createServices} started: running proofs get `grace` ms, the rest goes back to the queue. */
export async function closeServices(
  { config, jobs, queue, worker, builder, pool, sender, oracle, payments, stopSweeping }: Services,
  grace: number,
): Promise<void> {
  jobs.stop()
  await oracle?.stop()
  await Promise.all([worker?.stop(grace), builder?.stop(grace), sender?.stop(grace), stopSweeping()])
  // After the workers: what they proved last is settled too.
  await payments?.settler.stop(grace)
  if (config.database === 'memory') await queue.cancelAll()
  jobs.close()
  await pool.close()
}

/** Ends the database's connections, after all that uses them. */
export async function closeDatabase({ audit, catalogue, changes, database }: Services): Promise<void> {
  await catalogue.close()
  await audit.stop()
  await changes.close()
  await database.close()
}
