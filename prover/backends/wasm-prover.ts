import { ZkserveError } from '#circuits/errors.js'
import type { NativeProofWithSignals } from '#prover/backends/native.js'
import { checkWitnessLength, proofOf, publicSignalsOf, witnessValues } from '#prover/backends/proof-bytes.js'
import { WasmFailure, type WasmHost, WasmKey } from '#prover/backends/wasm-key.js'
import type { KeyBytes } from '#prover/backends/wasm-module.js'
import { fieldBytes, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { KeyCache } from '#prover/key/key-cache.js'
import type { ProveRequest, Prover, ZkeyFile } from '#prover/prover.js'

export interface WasmProverOptions {
  /** Threads of one proof; one where the host's memory cannot be shared. */
  readonly threads?: number
  /** Keys that stay loaded. */
  readonly keys?: number
}

/** The WebAssembly back end also tells where a proof's time went; its `stages` are wall time, summed over threads. */
export interface WasmProver extends Prover {
  prove(request: ProveRequest): Promise<NativeProofWithSignals>
}

/** How a host reads key files. */
export interface KeyFileReader {
  nameOf(file: ZkeyFile): string
  /** @throws ZkserveError `INVALID_KEY` */
  read(file: ZkeyFile): Promise<KeyBytes>
}

/** How often a flag in shared memory is looked at during a proof, in ms. */
const flagPeriod = 10

/**
 * The back end over prover/native compiled to WebAssembly, for machines without a compiler and for browsers: it uses
 * nothing of Node. Each loaded key has memory and threads of its own, and makes one proof at a time. A proof that is
 * cancelled, or that fails, ends them, and the next one loads the key again. Like snarkjs it does not check that the
 * witness satisfies the circuit: verify each proof before it leaves.
 */
export function createWasmProverOn(
  host: WasmHost,
  files: KeyFileReader,
  { threads = 1, keys = 4 }: WasmProverOptions = {},
): WasmProver {
  const open = new Set<KeyInTurn>()
  const cache = new KeyCache<KeyInTurn>(keys, (key) => {
    open.delete(key)
    void key.end()
  })
  let closed = false
  const throwIfEnded = (request: ProveRequest) => {
    if (closed) throw new ZkserveError('PROVING_FAILED', 'the wasm prover is closed')
    throwIfCancelled(request)
  }
  return {
    name: 'wasm',
    prove: async (request) => {
      throwIfEnded(request)
      const { zkey } = request
      const values = witnessValues(request.witness)
      const isBytes = zkey instanceof Uint8Array
      const makeKey = async () => {
        const key = new KeyInTurn((bytes) => WasmKey.load(host, bytes, threads))
        open.add(key)
        return key
      }
      return cache.use(isBytes ? cache.nameOf(zkey) : files.nameOf(zkey), makeKey, (key) =>
        key.inTurn(async () => {
          throwIfEnded(request)
          const bytes = () => (isBytes ? Promise.resolve({ zkey }) : files.read(zkey))
          return key.prove(bytes, values, request, () => throwIfEnded(request))
        }),
      )
    },
    close: async () => {
      closed = true
      // What runs now ends at once; a key that is being loaded ends when it is there.
      await Promise.all([...open].flatMap((key) => [key.end(), key.inTurn(() => key.end())]))
      cache.clear()
    },
  }
}

/** A key, loaded when a proof wants it, and the proofs that wait for it. */
class KeyInTurn {
  readonly #load: (bytes: KeyBytes) => Promise<WasmKey>
  #last: Promise<unknown> = Promise.resolve()
  #loaded: WasmKey | undefined

  constructor(load: (bytes: KeyBytes) => Promise<WasmKey>) {
    this.#load = load
  }

  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async prove(
    bytes: () => Promise<KeyBytes>,
    values: Uint8Array,
    request: ProveRequest,
    throwIfEnded: () => void,
  ): Promise<NativeProofWithSignals> {
    const stopWatching = watch(request, () => void this.end())
    try {
      const key = await this.#key(bytes)
      throwIfEnded()
      checkWitnessLength(values, key.signals)
      const { proof, ...times } = await key.prove(values, drawBlinding())
      return { proof: proofOf(proof), publicSignals: publicSignalsOf(values, key.publics), ...times }
    } catch (cause) {
      if (!(cause instanceof WasmFailure)) throw cause
      await this.end()
      throwIfEnded()
      throw new ZkserveError('PROVING_FAILED', `no proof could be made: ${cause.message}`, { cause })
    } finally {
      stopWatching()
    }
  }

  async end(): Promise<void> {
    const key = this.#loaded
    this.#loaded = undefined
    await key?.end()
  }

  async #key(read: () => Promise<KeyBytes>): Promise<WasmKey> {
    if (this.#loaded !== undefined) return this.#loaded
    const bytes = await read()
    try {
      this.#loaded = await this.#load(bytes)
      return this.#loaded
    } catch (cause) {
      if (!(cause instanceof WasmFailure && cause.isFault)) throw cause
      throw new ZkserveError('INVALID_KEY', `the proving key is malformed: ${cause.message}`, { cause })
    }
  }
}

/** Calls `stop` once the request is cancelled. */
function watch({ signal, cancelled }: ProveRequest, stop: () => void): () => void {
  signal?.addEventListener('abort', stop, { once: true })
  const timer = cancelled && setInterval(() => cancelled[0] === 1 && stop(), flagPeriod)
  return () => {
    signal?.removeEventListener('abort', stop)
    clearInterval(timer)
  }
}

function throwIfCancelled({ signal, cancelled }: ProveRequest): void {
  if (signal?.aborted === true || cancelled?.[0] === 1) {
    throw new ZkserveError('CANCELLED', 'proving was cancelled')
  }
}

/** Two numbers below the scalar field's order, uniform: drawn again where they exceed it. */
function drawBlinding(): Uint8Array {
  const numbers = new Uint8Array(2 * fieldBytes)
  for (let at = 0; at < numbers.length; at += fieldBytes) {
    const number = numbers.subarray(at, at + fieldBytes)
    do {
      crypto.getRandomValues(number)
      number[fieldBytes - 1]! &= 0x3f
    } while (fromLittleEndian(number) >= scalarModulus)
  }
  return numbers
}
