import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { defaultLimits } from '#circuits/import/limits.js'
import type { BuildResult } from '#prover/bundle/build.js'
import { readManifest } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { BuildRequest } from '#service/builds/build-child.js'
import type { BuildTask } from '#service/builds/build-task.js'
import type { Uploads } from '#service/builds/uploads.js'
import { inWorkspace, sweepWorkspaces } from '#service/builds/workspace.js'
import type { Config } from '#service/config/schema.js'
import type { BuildReply } from '#service/http/schemas/build.js'
import type { Claim } from '#service/jobs/claim.js'
import type { BuildStage } from '#service/jobs/job.js'
import type { WorkOptions } from '#service/jobs/job-worker.js'
import type { ModelRegistry } from '#service/models/model-registry.js'
import type { RegisteredModel } from '#service/models/registered-model.js'
import { runLimited } from '#service/sandbox/run-limited.js'
import type { BundleStore } from '#service/store/bundle-store.js'

export interface ModelBuilderOptions {
  readonly config: Pick<Config, 'database' | 'dataDir' | 'buildMemory' | 'buildTimeout'>
  readonly registry: ModelRegistry
  readonly uploads: Uploads
  readonly store: BundleStore
}

/** Builds uploaded models, each in a child process and a folder of its own, and puts them into the store. */
export class ModelBuilder {
  readonly #options: ModelBuilderOptions
  readonly #root: string

  constructor(options: ModelBuilderOptions) {
    const { database, dataDir } = options.config
    this.#options = options
    this.#root = database === 'memory' ? join(tmpdir(), 'zkserve-builds') : join(dataDir, 'builds')
  }

  /** Removes what processes left that were killed. */
  async start(): Promise<void> {
    await sweepWorkspaces(this.#root)
  }

  /**
   * Builds the model of a claim. To do it again after a worker's death does no harm.
   * @throws ZkserveError what refuses the model, `MODEL_TOO_LARGE`, `TIMEOUT`, `CANCELLED` where the model was deleted
   */
  async build(
    { id: job, tenant, attempt, task }: Claim<BuildTask>,
    { signal, onStage }: WorkOptions,
  ): Promise<BuildReply> {
    const { registry, uploads, store } = this.#options
    await registry.assign(task.model, job)
    const model = await registry.get(tenant, task.model)
    if (model === null) throw deleted()
    // An attempt before this one came as far as that.
    if (model.state === 'ready') return replyOf(model, model.manifest!, {})
    const upload = await uploads.read(task.model)
    return inWorkspace(this.#root, async (folder) => {
      const directory = join(folder, 'bundle')
      const begun = performance.now()
      const { timings } = await this.#runChild(task, upload, { folder, directory, signal, onStage })
      onStage('store')
      const manifest = (await readManifest(directory)) as Manifest
      const report = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))
      const claim = { job, attempt }
      if (signal.aborted || !(await registry.pin(task.model, manifest, claim))) throw deleted()
      await store.publish(directory)
      if (signal.aborted || !(await registry.ready(task.model, report, claim))) throw deleted()
      return replyOf(model, manifest, { ...timings, whole: performance.now() - begun })
    })
  }

  #runChild(
    { name, options }: BuildTask,
    upload: { readonly model: Uint8Array; readonly calibration: Uint8Array },
    { folder, directory, signal, onStage }: WorkOptions & Record<'folder' | 'directory', string>,
  ): Promise<BuildResult> {
    const { buildMemory, buildTimeout } = this.#options.config
    const input = [upload.model, upload.calibration]
    const lengths = [upload.model.length, upload.calibration.length] as const
    return runLimited<BuildRequest, BuildStage, BuildResult>({
      script: 'service/builds/build-child.js',
      request: { lengths, limits: defaultLimits, name, options, directory },
      doing: 'the build',
      memory: buildMemory,
      timeout: buildTimeout,
      variables: { TMPDIR: folder },
      onProgress: onStage,
      ...{ input, signal },
    })
  }
}

function replyOf(
  { id, name, version }: RegisteredModel,
  { modelHash, circuitHash, vkHash, constraints }: Manifest,
  timings: Readonly<Record<string, number>>,
): BuildReply {
  return {
    model: { id, name, version, modelHash, circuitHash, vkHash },
    constraints: constraints.total,
    timings: { ...timings },
  }
}

function deleted(): ZkserveError {
  return new ZkserveError('CANCELLED', 'the model was deleted, or another worker builds it')
}
