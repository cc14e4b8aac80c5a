import {
  createMemory,
  type KeyBytes,
  outOfMemory,
  WasmFault,
  WasmInstance,
  type WasmProof,
} from '#prover/backends/wasm-module.js'

/** What a thread is asked for: `load` comes first, or `help`, after which a thread hears nothing more. */
export type WasmRequest =
  | {
      readonly kind: 'load'
      readonly module: WebAssembly.Module
      readonly key: KeyBytes
      /** Threads besides this one that are to take part in proofs. */
      readonly helpers: number
    }
  | {
      readonly kind: 'prove'
      readonly values: Uint8Array
      readonly blinding: Uint8Array
      readonly threads: number
    }
  | {
      readonly kind: 'help'
      readonly module: WebAssembly.Module
      readonly memory: WebAssembly.Memory
      readonly stack: number
    }

/** A loaded key; `memory` and `stacks` are for its helpers. */
export interface LoadedWasmKey {
  readonly signals: number
  readonly publics: number
  readonly memory?: WebAssembly.Memory
  readonly stacks: readonly number[]
}

export type WasmReply =
  | { readonly kind: 'loaded'; readonly key: LoadedWasmKey }
  | { readonly kind: 'proven'; readonly result: WasmProof }
  /** `isFault`: the module refused its input; else it could not run. */
  | { readonly kind: 'failed'; readonly message: string; readonly isFault: boolean }

/** Answers requests in a worker's thread, of a browser or of Node. */
export function answerRequests(post: (reply: WasmReply) => void): (request: WasmRequest) => void {
  let instance: WasmInstance | undefined
  return (request) => {
    try {
      if (request.kind === 'help') {
        new WasmInstance(request.module, request.memory).help(request.stack)
      } else if (request.kind === 'load') {
        const memory = createMemory()
        instance = new WasmInstance(request.module, memory)
        instance.initialise()
        const sizes = instance.load(request.key)
        const stacks = Array.from({ length: request.helpers }, () => instance!.makeStack())
        post({ kind: 'loaded', key: { ...sizes, stacks, ...(stacks.length > 0 && { memory }) } })
      } else {
        post({
          kind: 'proven',
          result: instance!.prove(request.values, request.blinding, request.threads),
        })
      }
    } catch (error) {
      const { message } = error as Error
      post({ kind: 'failed', message, isFault: error instanceof WasmFault && message !== outOfMemory })
    }
  }
}
