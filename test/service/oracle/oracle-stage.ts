/** A chain with an oracle and a tiny model, and all that a watcher of it stands on, in this process. */
import { join } from 'node:path'
import { createTestClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { datasetRow } from '#circuits/data/dataset.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { createProver } from '#prover/backends/create-prover.js'
import { buildBundle } from '#prover/bundle/build.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { proveInference } from '#prover/prove.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { type InferenceRequest, readRequest } from '#service/chain/read-request.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { requestInference } from '#service/chain/request-inference.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import type { Database } from '#service/database/open-database.js'
import type { JobResult, JobSubject } from '#service/http/schemas/job.js'
import { JobChanges } from '#service/jobs/job-changes.js'
import { JobClaims } from '#service/jobs/job-claims.js'
import { JobQueue } from '#service/jobs/job-queue.js'
import { JobWorker } from '#service/jobs/job-worker.js'
import { Jobs } from '#service/jobs/jobs.js'
import { sealedTasks } from '#service/jobs/task-codec.js'
import type { ServiceTask } from '#service/jobs/tasks.js'
import { ServedModels } from '#service/models/served-models.js'
import { Openings } from '#service/oracle/openings.js'
import { OracleWatcher, type OracleWatcherOptions } from '#service/oracle/oracle-watcher.js'
import { Cipher } from '#service/secrets/cipher.js'
import { tinySource } from '../../support/tiny-source.js'

export const source = tinySource()
export const fee = 10n ** 16n
export const salt = 1234567n

/** Bundles of one tiny network: its inputs public, and hashed. */
export interface TinyBundles {
  readonly plain: Bundle
  readonly hashed: Bundle
}

/** @param folder to build them in */
export async function tinyBundles(folder: string): Promise<TinyBundles> {
  const build = async (input: 'public' | 'hashed') => {
    const dir = join(folder, input)
    const settings = { bits: 8, output: 'logits', input } as const
    await buildBundle(source.onnx, source.graph, source.calibration, dir, settings)
    return loadBundle(dir)
  }
  return { plain: await build('public'), hashed: await build('hashed') }
}

export interface OracleStage {
  readonly anvil: Anvil
  readonly asker: ChainWriter
  readonly oracle: `0x${string}`
  readonly registry: `0x${string}`
  /** Ids of the models in the registry. */
  readonly models: Readonly<Record<keyof TinyBundles, bigint>>
  readonly control: ReturnType<typeof controlOf>
  /** Asks the plain model about a row of its data; @returns the request's id */
  ask(change?: Partial<Parameters<typeof requestInference>[1]>, row?: number): Promise<bigint>
  statusOf(requestId: bigint): Promise<InferenceRequest['status']>
  /** Answers that the oracle took, of a request or of all. */
  answersTo(requestId?: bigint): Promise<number>
}

const controlOf = (rpcUrl: string) => createTestClient({ mode: 'anvil', transport: http(rpcUrl) })

export async function oracleStage(bundles: TinyBundles): Promise<OracleStage> {
  const anvil = await startAnvil()
  const asker = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
  const { registry, verifier } = await deployContracts(asker)
  const register = async (bundle: Bundle) =>
    (await registerModel(asker, registrationOf(bundle, registry))).modelId
  const models = { plain: await register(bundles.plain), hashed: await register(bundles.hashed) }
  const { address: oracle } = await deployOracle(asker, { verifier })
  return {
    ...{ anvil, asker, oracle, registry, models },
    control: controlOf(anvil.rpcUrl),
    ask: async (change = {}, row = 0) => {
      const { timestamp } = await asker.client.getBlock()
      const question = {
        ...{ oracle, modelId: models.plain, maxFee: fee, deadline: Number(timestamp) + 3600 },
        input: packedRow(bundles.plain, row),
        ...change,
      }
      // Connected anew: what counts nonces knows nothing of chains that go back.
      const again = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
      return (await requestInference(again, question)).requestId
    },
    statusOf: async (requestId) => (await readRequest(asker, { oracle, requestId })).status,
    answersTo: async (requestId) => {
      const { inferenceOracleAbi: abi } = await import('#contracts/generated/InferenceOracle.js')
      const args = requestId === undefined ? {} : { requestId }
      const event = { address: oracle, abi, eventName: 'InferenceFulfilled', args, fromBlock: 0n } as const
      return (await asker.client.getContractEvents(event)).length
    },
  }
}

/** A row of the calibration data as public signals. */
export function packedRow({ model }: Bundle, row: number): bigint[] {
  return packInputs(model, quantiseInputs(model, datasetRow(source.calibration, row)).integers)
}

/** The commitment to a row under {@link salt}. */
export async function committedRow({ model }: Bundle, row: number): Promise<bigint> {
  return commitInputs(model, quantiseInputs(model, datasetRow(source.calibration, row)).integers, salt)
}

/** Queue and worker over a database, which outlive the watchers. */
export interface Backstage {
  readonly database: Database
  readonly openings: Openings
  /** Proofs that were made. */
  readonly proofs: () => number
  watcher(change?: Partial<OracleWatcherOptions>): OracleWatcher
  /** Lets leases and pauses lapse. */
  elapse(): Promise<void>
  close(): Promise<void>
}

export async function backstage(
  { anvil, oracle }: Pick<OracleStage, 'anvil' | 'oracle'>,
  bundles: TinyBundles,
  database: Database,
  account = 1,
): Promise<Backstage> {
  const changes = await JobChanges.open(database)
  const cipher = new Cipher([new Uint8Array(32).fill(account)])
  const kept = { lease: 10_000, tasks: sealedTasks<ServiceTask>(cipher) }
  const queue = new JobQueue<ServiceTask, JobSubject, JobResult>(database, changes, kept)
  const claims = new JobClaims<ServiceTask, JobResult>(database, changes, {
    ...{ ...kept, lifetime: 3_600_000, limit: 1000 },
  })
  const jobs = new Jobs(queue, { room: 64, openJobs: null })
  const models = new ServedModels([bundles.plain, bundles.hashed])
  const prover = createProver()
  let proofs = 0
  const facts = {
    ...{ name: `worker-${account}`, concurrency: 1, kinds: ['proof'] as const, store: false, memory: null },
    models: models.bundles.map(({ manifest }) => manifest.vkHash),
  }
  const prove = (task: ServiceTask) => {
    if (task.kind !== 'proof') throw new Error('no proof is asked for')
    return models.use(task.vkHash, async (bundle) => {
      proofs++
      const { inputs, context, salt: given } = task
      const options = { context, ...(given ? { salt: given } : {}) }
      const { proof, publicSignals } = await proveInference(bundle, prover, inputs, options)
      return { proof, publicSignals } as unknown as JobResult
    })
  }
  const worker = new JobWorker<ServiceTask, JobResult>(claims, ({ task }) => prove(task), {
    ...facts,
    poll: 20,
    onError: () => undefined,
  })
  await worker.start()
  const openings = new Openings(database, cipher)
  const silent = {
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  }
  const watchers: OracleWatcher[] = []
  let count = 0
  return {
    database,
    openings,
    proofs: () => proofs,
    watcher: (change = {}) => {
      const watcher = new OracleWatcher({
        ...{ rpcUrl: anvil.rpcUrl, chainId: 31337, oracle, database, models, jobs, queue, openings },
        signer: privateKeyToAccount(anvil.privateKeys[account]!),
        policy: { perMillionConstraints: 10n ** 12n, gasMargin: 20, callbackGas: 1_000_000, leadTime: 60 },
        ...{ name: `watcher-${count++}`, isAlone: false, leaseTime: 10_000, poll: 30 },
        ...{ confirmations: 0, startBlock: 1, batch: 8, dailySpend: 10n ** 18n, bumpAfter: 60_000 },
        lifetime: 3_600_000,
        prover: { backend: 'auto', threads: 1 },
        subscribe: (listener) => changes.subscribe(listener),
        log: silent,
        ...change,
      })
      watchers.push(watcher)
      return watcher
    },
    elapse: async () => {
      const past = new Date(Date.now() - 3_600_000)
      await database.tables.updateTable('oracle_watches').set({ lease_until: past }).execute()
      await database.tables.updateTable('oracle_requests').set({ next_at: past }).execute()
    },
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.stop()))
      await worker.stop()
      jobs.close()
      await changes.close()
      await prover.close()
      await database.close()
    },
  }
}

/** State and reason of each request of the ledger, by number; a question that is gone is left out. */
export async function ledgerOf({ tables }: Database): Promise<Record<string, string>> {
  const rows = await tables
    .selectFrom('oracle_requests')
    .select(['request', 'state', 'reason'])
    .where('state', '<>', 'gone')
    .execute()
  return Object.fromEntries(
    rows.map(({ request, state, reason }) => [request, reason === null ? state : `${state} ${reason}`]),
  )
}

/** Looks again and again until the ledger's live requests have ended, or it looked so often. */
export async function lookUntilDone(
  { database }: Backstage,
  watcher: OracleWatcher,
  looks = 200,
): Promise<void> {
  for (let i = 0; i < looks; i++) {
    const look = await watcher.look()
    const states = Object.values(await ledgerOf(database))
    if (look === 'idle' && !states.some((state) => /^(open|proving|proven|sent)/.test(state))) return
    await database.tables
      .updateTable('oracle_requests')
      .set({ next_at: new Date(0) })
      .execute()
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`after ${looks} looks: ${JSON.stringify(await ledgerOf(database))}`)
}
