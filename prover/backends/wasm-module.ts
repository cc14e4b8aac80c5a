import type { ProofStages } from '#prover/backends/native-addon.js'

/** Pages of 64 KiB that an instance begins with, and may grow to: 4 GiB. */
const initialPages = 128
const maximumPages = 65_536

/** The module's words for it. */
export const outOfMemory = 'there is no memory left'

/** An error of the module itself: its instance is of no more use. */
export class WasmFault extends Error {}

export interface WasmProof {
  /** A.x, A.y, B.x (2), B.y (2), C.x, C.y: 32 bytes each, least significant first. */
  readonly proof: Uint8Array
  /** Time of each stage's steps in ms, over all threads: WebAssembly cannot tell CPU time from waiting. */
  readonly stages: ProofStages
  /** Time in ms from the first step of a stage to the end of its last. */
  readonly wall: ProofStages
}

/** A `.zkey`, and the points that spare two transforms where the set-up wrote them (prover/key/quotient-points.ts). */
export interface KeyBytes {
  readonly zkey: Uint8Array
  readonly quotient?: Uint8Array
}

/** What prover/native/wasm/prover.cc exports; addresses are unsigned in the module, signed here. */
interface Exports {
  readonly __wasm_call_ctors: () => void
  readonly __stack_pointer: WebAssembly.Global
  allocate(bytes: number): number
  release(address: number): void
  load(zkey: number, zkeyBytes: number, quotient: number, quotientBytes: number): void
  signals(): number
  publics(): number
  prove(values: number, blinding: number, threads: number, proof: number, times: number): void
  makeStack(): number
  help(): void
}

const stageNames = ['rows', 'transforms', 'a', 'b1', 'b2', 'c', 'h', 'assembly'] as const
const proofBytes = 8 * 32
const timesBytes = 2 * stageNames.length * 8

/**
 * Memory for an instance. It is shared, though another thread sees it only if it is sent there, which browsers allow
 * where a page is cross-origin isolated.
 */
export function createMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true })
}

/** The prover's module over some memory, in one thread. */
export class WasmInstance {
  readonly #memory: WebAssembly.Memory
  readonly #exports: Exports

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    this.#memory = memory
    const fail = (message: number, bytes: number) => {
      throw new WasmFault(new TextDecoder().decode(this.#copy(message, bytes)))
    }
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory },
      host: { fail, now: () => performance.now() },
    })
    this.#exports = exports as Exports
  }

  /** The first step in new memory. */
  initialise(): void {
    this.#exports.__wasm_call_ctors()
  }

  /** Reads a key. @throws WasmFault */
  load({ zkey, quotient = new Uint8Array(0) }: KeyBytes): {
    readonly signals: number
    readonly publics: number
  } {
    const addresses = [this.#put(zkey), this.#put(quotient)] as const
    this.#exports.load(addresses[0], zkey.length, addresses[1], quotient.length)
    for (const address of addresses) this.#exports.release(address)
    return { signals: this.#exports.signals(), publics: this.#exports.publics() }
  }

  /**
   * @param values as many numbers as the key has signals, 32 bytes each
   * @param blinding two numbers below the scalar field's order
   * @param threads this one and helpers
   * @throws WasmFault
   */
  prove(values: Uint8Array, blinding: Uint8Array, threads: number): WasmProof {
    const witness = this.#put(values)
    const random = this.#put(blinding)
    const proof = this.#put(new Uint8Array(proofBytes))
    const times = this.#put(new Uint8Array(timesBytes))
    this.#exports.prove(witness, random, threads, proof, times)
    const milliseconds = new Float64Array(this.#copy(times, timesBytes).buffer)
    const stagesFrom = (first: number) =>
      Object.fromEntries(stageNames.map((name, i) => [name, milliseconds[first + i]!])) as ProofStages
    const result = {
      proof: this.#copy(proof, proofBytes),
      stages: stagesFrom(0),
      wall: stagesFrom(stageNames.length),
    }
    for (const address of [witness, random, proof, times]) this.#exports.release(address)
    return result
  }

  /** The end of a new stack, for {@link help} in another thread. @throws WasmFault */
  makeStack(): number {
    const stack = this.#exports.makeStack()
    if (stack === 0) throw new WasmFault(outOfMemory)
    return stack
  }

  /** Takes part in proofs of another thread's instance over the same memory; does not return. */
  help(stack: number): void {
    this.#exports.__stack_pointer.value = stack
    this.#exports.help()
  }

  #put(bytes: Uint8Array): number {
    const address = this.#exports.allocate(bytes.length) >>> 0
    if (address === 0) throw new WasmFault(outOfMemory)
    new Uint8Array(this.#memory.buffer).set(bytes, address)
    return address
  }

  #copy(address: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(new Uint8Array(this.#memory.buffer, address >>> 0, bytes >>> 0))
  }
}
