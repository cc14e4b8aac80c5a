import { ZkserveError } from '#circuits/errors.js'
import type { WasmHost } from '#prover/backends/wasm-key.js'
import { createWasmProverOn, type WasmProver, type WasmProverOptions } from '#prover/backends/wasm-prover.js'
import type { WasmReply, WasmRequest } from '#prover/backends/wasm-worker.js'

export interface WebProverOptions extends WasmProverOptions {
  /** Address of prover/native/wasm/prover.wasm. */
  readonly module: string | URL
  /** Address of this folder's wasm-worker-web, as a script of its own. */
  readonly worker: string | URL
}

/** The part of browsers that is used; TypeScript's types of it exclude those of Node. */
interface WebWorker {
  postMessage(request: WasmRequest): void
  terminate(): void
  onmessage: (event: { readonly data: WasmReply }) => void
  onerror: (event: { readonly message: string }) => void
}
const web = globalThis as unknown as {
  readonly crossOriginIsolated?: boolean
  readonly Worker: new (script: string | URL, options: { readonly type: 'module' }) => WebWorker
}

/**
 * The WebAssembly back end in a browser's workers; see {@link createWasmProverOn}. Keys come as bytes. More than one
 * thread needs a cross-origin isolated page (COOP `same-origin`, COEP `require-corp`).
 */
export function createWebProver({ module, worker, ...options }: WebProverOptions): WasmProver {
  let compiled: Promise<WebAssembly.Module> | undefined
  const host: WasmHost = {
    maximumThreads: web.crossOriginIsolated === true ? 64 : 1,
    module: () => {
      compiled ??= fetchModule(module)
      return compiled
    },
    startThread: (onReply, onError) => {
      const thread = new web.Worker(worker, { type: 'module' })
      thread.onmessage = ({ data }) => onReply(data)
      thread.onerror = ({ message }) => onError(new Error(message))
      return { post: (request) => thread.postMessage(request), end: async () => thread.terminate() }
    },
  }
  const refuse = () => {
    throw new ZkserveError('INVALID_KEY', 'a browser takes proving keys as bytes')
  }
  return createWasmProverOn(host, { nameOf: refuse, read: refuse }, options)
}

async function fetchModule(address: string | URL): Promise<WebAssembly.Module> {
  const response = await fetch(address)
  if (!response.ok)
    throw new ZkserveError('PROVING_FAILED', `the wasm prover is not at ${address}: ${response.status}`)
  return WebAssembly.compile(new Uint8Array(await response.arrayBuffer()))
}
