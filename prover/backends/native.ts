import { join, parse } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import {
  loadNativeAddon,
  type NativeAddon,
  type NativeBuild,
  type NativeError,
  type NativeKey,
  type NativeKeyFiles,
  type ProofStages,
} from '#prover/backends/native-addon.js'
import {
  checkWitnessLength,
  proofOf,
  publicSignalsOf,
  throwIfAborted,
  witnessValues,
} from '#prover/backends/proof-bytes.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { KeyCache } from '#prover/key/key-cache.js'
import { checkZkeyFile, zkeyFileName } from '#prover/key/zkey-file.js'
import type { ProveRequest, Prover, ZkeyFile } from '#prover/prover.js'

export interface NativeProverOptions {
  /** Threads of one proof. */
  readonly threads?: number
  /** Keys that stay loaded. */
  readonly keys?: number
  /** The build to use; by default the fastest that the processor can run. */
  readonly build?: NativeBuild
}

export interface NativeProofWithSignals extends ProofWithSignals {
  readonly stages: ProofStages
  readonly wall: ProofStages
}

/** The native back end also tells where a proof's time went. */
export interface NativeProver extends Prover {
  prove(request: ProveRequest): Promise<NativeProofWithSignals>
}

/** Whether the native prover was built at installation. */
export function hasNativeProver(): boolean {
  return loadNativeAddon() !== null
}

/** Keys that this process holds in native memory, by whatever thread, and their bytes. */
export function nativeKeysLoaded(): { readonly count: number; readonly bytes: number } {
  return loadNativeAddon()?.loadedKeys() ?? { count: 0, bytes: 0 }
}

/**
 * The proving back end in C++ (prover/native). It keeps the keys that were used last; a key in a file is prepared once,
 * and from then on mapped from the file beside it, which other threads and processes share. Like snarkjs it does not
 * check that the witness satisfies the circuit: verify each proof before it leaves.
 * @throws ZkserveError `PROVING_FAILED` where the addon was not built
 */
export function createNativeProver({ threads = 1, keys = 4, build }: NativeProverOptions = {}): NativeProver {
  const addon = loadNativeAddon(build)
  if (addon === null) {
    throw new ZkserveError('PROVING_FAILED', 'the native prover was not built at installation', {
      hints: ['Install a C++ compiler and run `npm rebuild`, or use the snarkjs back end.'],
    })
  }
  const cache = new KeyCache<NativeKey>(keys, (key) => key.release())
  let closed = false
  return {
    name: 'native',
    prove: async (request) => {
      if (closed) throw new ZkserveError('PROVING_FAILED', 'the native prover is closed')
      throwIfAborted(request.signal)
      const { zkey } = request
      const name = zkey instanceof Uint8Array ? cache.nameOf(zkey) : zkeyFileName(zkey)
      return cache.use(
        name,
        () => loadKey(addon, zkey),
        (key) => prove(key, request, threads),
      )
    },
    close: async () => {
      closed = true
      cache.clear()
    },
  }
}

async function loadKey(addon: NativeAddon, zkey: Uint8Array | ZkeyFile): Promise<NativeKey> {
  try {
    if (zkey instanceof Uint8Array) return await addon.ProvingKey.load(zkey)
    const files = nativeKeyFiles(addon, zkey)
    const opened = await addon.ProvingKey.open(files)
    if (opened !== null) return opened
    await checkZkeyFile(zkey)
    return await addon.ProvingKey.prepare(files)
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    const { code, message } = cause as NativeError
    if (code !== 'INVALID_KEY') throw new ZkserveError('PROVING_FAILED', `no key: ${message}`, { cause })
    throw new ZkserveError('INVALID_KEY', `the proving key is malformed: ${message}`, { cause })
  }
}

/** The prepared form lies beside the zkey under its name. */
function nativeKeyFiles({ form }: NativeAddon, { path, sha256, quotient }: ZkeyFile): NativeKeyFiles {
  const { dir, name } = parse(path)
  const prepared = join(dir, `${name}.prepared-${form}`)
  if (quotient === undefined) return { zkey: path, sha256, prepared }
  const points = { quotient: quotient.path, quotientSha256: quotient.sha256 }
  return { zkey: path, sha256, prepared: `${prepared}-quotient`, ...points }
}

async function prove(
  key: NativeKey,
  { witness, signal, cancelled = new Uint8Array(1), progress }: ProveRequest,
  threads: number,
): Promise<NativeProofWithSignals> {
  const values = witnessValues(witness)
  checkWitnessLength(values, key.signals)
  const cancel = () => {
    cancelled[0] = 1
  }
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const { proof, stages, wall } = await key.prove(values, threads, cancelled, progress)
    throwIfAborted(signal)
    return { proof: proofOf(proof), publicSignals: publicSignalsOf(values, key.publics), stages, wall }
  } catch (cause) {
    throwIfAborted(signal)
    if ((cause as NativeError).code === 'CANCELLED')
      throw new ZkserveError('CANCELLED', 'proving was cancelled', { cause })
    throw new ZkserveError('PROVING_FAILED', `no proof could be made: ${(cause as Error).message}`, { cause })
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
