import type { KeyBytes, WasmProof } from '#prover/backends/wasm-module.js'
import type { LoadedWasmKey, WasmReply, WasmRequest } from '#prover/backends/wasm-worker.js'

/** A thread that answers requests; of a browser or of Node. */
export interface WasmThread {
  post(request: WasmRequest): void
  /** Ends it, whatever it does. */
  end(): Promise<void>
}

/** Where WebAssembly runs. */
export interface WasmHost {
  /** The compiled prover/native/wasm/prover.wasm. */
  module(): Promise<WebAssembly.Module>
  /** @param onError hears of a thread that failed or ended by itself */
  startThread(onReply: (reply: WasmReply) => void, onError: (error: Error) => void): WasmThread
  /** Threads of one proof at most: 1 where memory cannot be shared. */
  readonly maximumThreads: number
}

/** Why a key could not be loaded or a proof not be made. */
export class WasmFailure extends Error {
  /** Whether the module refused its input; else it could not run. */
  readonly isFault: boolean

  constructor(message: string, isFault: boolean) {
    super(message)
    this.isFault = isFault
  }
}

/** A key in the memory of threads of its own. After a failure it is of no more use. */
export class WasmKey {
  readonly #threads: WasmThread[] = []
  #settle: { resolve: (reply: WasmReply) => void; reject: (error: Error) => void } | undefined
  #loaded: LoadedWasmKey | undefined

  /** @throws WasmFailure */
  static async load(host: WasmHost, bytes: KeyBytes, threads: number): Promise<WasmKey> {
    const key = new WasmKey()
    try {
      await key.#load(host, bytes, Math.max(1, Math.min(threads, host.maximumThreads)))
      return key
    } catch (error) {
      await key.end()
      throw error
    }
  }

  get signals(): number {
    return this.#loaded!.signals
  }
  get publics(): number {
    return this.#loaded!.publics
  }

  /** Makes a proof; one at a time. @throws WasmFailure */
  async prove(values: Uint8Array, blinding: Uint8Array): Promise<WasmProof> {
    const reply = await this.#ask({ kind: 'prove', values, blinding, threads: this.#threads.length })
    if (reply.kind !== 'proven') throw new WasmFailure('the thread gave another answer', false)
    return reply.result
  }

  /** Ends the threads at once, and a proof with them. */
  async end(): Promise<void> {
    this.#settle?.reject(new WasmFailure('the prover was ended', false))
    await Promise.all(this.#threads.map((thread) => thread.end()))
  }

  async #load(host: WasmHost, key: KeyBytes, threads: number): Promise<void> {
    const module = await host.module()
    const start = () => {
      const thread = host.startThread(
        (reply) => this.#answer(reply),
        (error) => this.#settle?.reject(new WasmFailure(error.message, false)),
      )
      this.#threads.push(thread)
      return thread
    }
    start()
    const reply = await this.#ask({ kind: 'load', module, key, helpers: threads - 1 })
    if (reply.kind !== 'loaded') throw new WasmFailure('the thread gave another answer', false)
    this.#loaded = reply.key
    for (const stack of reply.key.stacks) {
      start().post({ kind: 'help', module, memory: reply.key.memory!, stack })
    }
  }

  #ask(request: WasmRequest): Promise<WasmReply> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#threads[0]!.post(request)
    })
  }

  #answer(reply: WasmReply): void {
    if (reply.kind === 'failed') this.#settle?.reject(new WasmFailure(reply.message, reply.isFault))
    else this.#settle?.resolve(reply)
  }
}
