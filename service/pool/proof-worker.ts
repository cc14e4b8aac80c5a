/** The program of a proving thread: loads bundles, keeps the last few, makes one proof at a time. */
import { threadId } from 'node:worker_threads'
import { workerData } from 'piscina'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { createProver } from '#prover/backends/create-prover.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { type ProvingFiles, proveInference, readProvingFiles } from '#prover/prove.js'
import type { HeldKeys } from '#service/pool/loaded-keys.js'
import {
  type WorkerMessage,
  type WorkerReply,
  type WorkerSettings,
  type WorkerTask,
  wallClock,
} from '#service/pool/messages.js'
import { RecentCache } from '#service/pool/recent-cache.js'

interface LoadedBundle {
  readonly bundle: Bundle
  readonly files: ProvingFiles
}

const { keyCache, backend, threads } = workerData as WorkerSettings
const bundles = new RecentCache<LoadedBundle>(keyCache)
const prover = createProver({ backend, threads, keys: keyCache })

/** Makes one proof. Errors go back as data, because classes do not cross threads. */
export default async function answer({ port, cancelled, ...task }: WorkerTask): Promise<WorkerReply> {
  const tell = (message: WorkerMessage): void => port.postMessage(message)
  try {
    tell('load')
    const startedAt = wallClock()
    const { bundle, files } = await bundles.get(task.vkHash, () => load(task.dir, task.vkHash))
    const loading = wallClock() - startedAt
    const { context, salt } = task
    const flag = new Uint8Array(cancelled)
    const options = { context, cancelled: flag, onStage: tell, ...(salt === undefined ? {} : { salt }) }
    const proven = await proveInference(bundle, prover, task.inputs, options, files)
    return { proven, startedAt, load: loading, held: heldKeys() }
  } catch (thrown) {
    const error = toZkserveError(thrown)
    const { cause } = error
    return {
      error: error.toJSON(),
      ...(cause instanceof Error ? { cause: cause.stack ?? cause.message } : {}),
    }
  } finally {
    port.close()
  }
}

function heldKeys(): HeldKeys {
  const loaded = prover.name === 'native' ? [] : bundles.values
  return {
    thread: threadId,
    bytes: loaded.map(({ bundle }) => bundle.manifest.files['proving.zkey'].bytes),
  }
}

async function load(dir: string, vkHash: string): Promise<LoadedBundle> {
  // The service has checked all of it when it started.
  const bundle = await loadBundle(dir, { late: true })
  if (bundle.manifest.vkHash !== vkHash) {
    throw new ZkserveError('BUNDLE_CORRUPT', 'another bundle stands in the place of the one that is served')
  }
  return { bundle, files: await readProvingFiles(bundle) }
}
