import { parentPort } from 'node:worker_threads'
import { answerRequests } from '#prover/backends/wasm-worker.js'

const port = parentPort!
port.on(
  'message',
  answerRequests((reply) => port.postMessage(reply)),
)
