import { ZkserveError } from '#circuits/errors.js'
import {
  loadNativeAddon,
  type NativeAddon,
  type NativeBuild,
  type NativeKey,
  type ProofStages,
} from '#prover/backends/native-addon.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { Groth16Proof, ProofWithSignals } from '#prover/groth16.js'
import { readZkeySizes } from '#prover/key/from-zkey.js'
import { zkeyBytes } from '#prover/key/zkey-file.js'
import type { ProveRequest, Prover } from '#prover/prover.js'
import { readWitness } from '#prover/r1cs/witness.js'

export interface NativeProverOptions {
  /** Threads of one proof. */
  readonly threads?: number
  /** The build to use; by default the fastest that the processor can run. */
  readonly build?: NativeBuild
}

export interface NativeProofWithSignals extends ProofWithSignals {
  readonly stages: ProofStages
}

/** The native back end also tells where a proof's time went. */
export interface NativeProver extends Prover {
  prove(request: ProveRequest): Promise<NativeProofWithSignals>
}

/** Whether the native prover was built at installation. */
export function hasNativeProver(): boolean {
  return loadNativeAddon() !== null
}

/**
 * The proving back end in C++ (prover/native). Its keys stay loaded as long as the bytes they came from live. Like
 * snarkjs it does not check that the witness satisfies the circuit: verify each proof before it leaves.
 * @throws ZkserveError `PROVING_FAILED` where the addon was not built
 */
export function createNativeProver({ threads = 1, build }: NativeProverOptions = {}): NativeProver {
  const addon = loadNativeAddon(build)
  if (addon === null) {
    throw new ZkserveError('PROVING_FAILED', 'the native prover was not built at installation', {
      hints: ['Install a C++ compiler and run `npm rebuild`, or use the snarkjs back end.'],
    })
  }
  const keys = new WeakMap<Uint8Array, NativeKey>()
  let closed = false
  return {
    name: 'native',
    prove: async (request) => {
      if (closed) throw new ZkserveError('PROVING_FAILED', 'the native prover is closed')
      throwIfAborted(request.signal)
      const zkey = await zkeyBytes(request.zkey)
      let key = keys.get(zkey)
      if (key === undefined) {
        key = loadKey(addon, zkey)
        keys.set(zkey, key)
      }
      return prove(key, request, threads)
    },
    close: async () => {
      closed = true
    },
  }
}

function loadKey(addon: NativeAddon, zkey: Uint8Array): NativeKey {
  readZkeySizes(zkey)
  try {
    return new addon.ProvingKey(zkey)
  } catch (cause) {
    throw new ZkserveError('INVALID_KEY', `the proving key is malformed: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function prove(
  key: NativeKey,
  { witness, signal, cancelled = new Uint8Array(1) }: ProveRequest,
  threads: number,
): Promise<NativeProofWithSignals> {
  const values = witnessValues(witness)
  const count = values.length / fieldBytes
  if (count !== key.signals) {
    throw new ZkserveError('PROVING_FAILED', `the witness has ${count} values, the key wants ${key.signals}`)
  }
  const cancel = () => {
    cancelled[0] = 1
  }
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const { proof, stages } = await key.prove(values, threads, cancelled)
    throwIfAborted(signal)
    const publicSignals = Array.from({ length: key.publics }, (_, i) => numberAt(values, i + 1).toString())
    return { proof: proofOf(proof), publicSignals, stages }
  } catch (cause) {
    throwIfAborted(signal)
    if (cancelled[0] === 1) throw new ZkserveError('CANCELLED', 'proving was cancelled', { cause })
    throw new ZkserveError('PROVING_FAILED', `no proof could be made: ${(cause as Error).message}`, { cause })
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function witnessValues(witness: Uint8Array): Uint8Array {
  try {
    return readWitness(witness)
  } catch (cause) {
    throw new ZkserveError('PROVING_FAILED', 'the witness is malformed', { cause })
  }
}

function numberAt(bytes: Uint8Array, index: number): bigint {
  return fromLittleEndian(bytes.subarray(index * fieldBytes, (index + 1) * fieldBytes))
}

function proofOf(bytes: Uint8Array): Groth16Proof {
  const [ax, ay, bx0, bx1, by0, by1, cx, cy] = Array.from({ length: 8 }, (_, i) =>
    numberAt(bytes, i).toString(),
  )
  return {
    pi_a: [ax!, ay!, '1'],
    pi_b: [
      [bx0!, bx1!],
      [by0!, by1!],
      ['1', '0'],
    ],
    pi_c: [cx!, cy!, '1'],
    protocol: 'groth16',
    curve: 'bn128',
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ZkserveError('CANCELLED', 'proving was cancelled')
}
