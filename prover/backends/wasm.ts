import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ZkserveError } from '#circuits/errors.js'
import { distFile, packageRoot } from '#circuits/paths.js'
import type { WasmHost, WasmThread } from '#prover/backends/wasm-key.js'
import type { KeyBytes } from '#prover/backends/wasm-module.js'
import { createWasmProverOn, type WasmProver, type WasmProverOptions } from '#prover/backends/wasm-prover.js'
import type { WasmReply } from '#prover/backends/wasm-worker.js'
import { zkeyBytes, zkeyFileName } from '#prover/key/zkey-file.js'
import type { ZkeyFile } from '#prover/prover.js'

const moduleFile = join(packageRoot, 'prover', 'native', 'wasm', 'prover.wasm')
const workerFile = distFile('prover/backends/wasm-worker-node.js')

let compiled: Promise<WebAssembly.Module> | undefined

const host: WasmHost = {
  maximumThreads: 64,
  module: () => {
    compiled ??= readFile(moduleFile).then((code) => WebAssembly.compile(code))
    return compiled
  },
  startThread: (onReply, onError): WasmThread => {
    // Flags of the parent, as --input-type or loaders, are not for this file.
    const worker = new Worker(workerFile, { execArgv: [] })
    let isEnding = false
    // Only a request keeps the process alive, not a thread that waits for one.
    worker.unref()
    worker.on('message', (reply: WasmReply) => {
      worker.unref()
      onReply(reply)
    })
    worker.on('error', onError)
    worker.on('exit', () => {
      if (!isEnding) onError(new Error('a thread of the wasm prover ended early'))
    })
    return {
      post: (request) => {
        if (request.kind !== 'help') worker.ref()
        worker.postMessage(request)
      },
      end: async () => {
        isEnding = true
        await worker.terminate()
      },
    }
  },
}

async function keyBytes(file: ZkeyFile): Promise<KeyBytes> {
  const zkey = await zkeyBytes(file)
  return file.quotient === undefined ? { zkey } : { zkey, quotient: await zkeyBytes(file.quotient) }
}

/** Whether this Node can run the WebAssembly prover: its files are there. */
export function hasWasmProver(): boolean {
  return existsSync(moduleFile) && existsSync(workerFile)
}

/**
 * The WebAssembly back end in Node's worker threads; see {@link createWasmProverOn}.
 * @throws ZkserveError `PROVING_FAILED` where its files are not there
 */
export function createWasmProver(options: WasmProverOptions = {}): WasmProver {
  if (!hasWasmProver()) {
    throw new ZkserveError('PROVING_FAILED', 'the wasm prover was not built', {
      hints: ['Run `npm run build`, or use the snarkjs back end.'],
    })
  }
  return createWasmProverOn(host, { nameOf: zkeyFileName, read: keyBytes }, options)
}
