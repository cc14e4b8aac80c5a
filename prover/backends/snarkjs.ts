import { groth16 } from 'snarkjs'
import { ZkserveError } from '#circuits/errors.js'
import { checkWitnessLength, throwIfAborted, witnessValues } from '#prover/backends/proof-bytes.js'
import { enterCurve, leaveCurve, withCurve } from '#prover/backends/snarkjs-curve.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { readZkeySizes } from '#prover/key/from-zkey.js'
import { KeyCache } from '#prover/key/key-cache.js'
import { zkeyBytes, zkeyFileName } from '#prover/key/zkey-file.js'
import type { ProveRequest, Prover } from '#prover/prover.js'

export interface SnarkjsProverOptions {
  /** Proves in this thread alone, as inside a pool's workers; else snarkjs starts a thread a core. */
  readonly singleThread?: boolean
  /** Files of keys whose bytes stay in memory. */
  readonly keys?: number
}

/**
 * The proving back end over snarkjs 0.7.6: always there, the slowest.
 *
 * - Proofs of one thread are made one after another. Back ends open at once in a thread share snarkjs' engine, and
 *   so the thread option of the one that came first.
 * - An abort is seen before and after the computation, not inside it: to stop at once, end the thread.
 * - snarkjs does not check that the witness satisfies the circuit: verify each proof before it leaves.
 */
export function createSnarkjsProver({ singleThread = false, keys = 4 }: SnarkjsProverOptions = {}): Prover {
  const cache = new KeyCache<Uint8Array>(keys)
  let closed = false
  enterCurve()
  return {
    name: 'snarkjs',
    prove: async (request) => {
      if (closed) throw new ZkserveError('PROVING_FAILED', 'the snarkjs prover is closed')
      throwIfAborted(request.signal)
      const work = async (zkey: Uint8Array) => {
        const loaded = { ...request, zkey }
        checkRequest(loaded)
        return withCurve(singleThread, () => prove(loaded))
      }
      const { zkey } = request
      const proof =
        zkey instanceof Uint8Array
          ? await work(zkey)
          : await cache.use(zkeyFileName(zkey), () => zkeyBytes(zkey), work)
      throwIfAborted(request.signal)
      return proof
    },
    close: async () => {
      if (closed) return
      closed = true
      cache.clear()
      await leaveCurve()
    },
  }
}

type LoadedRequest = ProveRequest & { readonly zkey: Uint8Array }

async function prove({ zkey, witness, signal }: LoadedRequest): Promise<ProofWithSignals> {
  // The request may have waited for its turn.
  throwIfAborted(signal)
  try {
    const { proof, publicSignals } = await groth16.prove(plainBytes(zkey), plainBytes(witness))
    return { proof, publicSignals }
  } catch (cause) {
    throw new ZkserveError('PROVING_FAILED', 'snarkjs could not make the proof', { cause })
  }
}

function checkRequest({ zkey, witness }: LoadedRequest): void {
  const { wireCount } = readZkeySizes(zkey)
  checkWitnessLength(witnessValues(witness), wireCount)
}

/** The bytes as a plain Uint8Array: `slice` of a Buffer is no copy, which snarkjs' readers do not expect. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
