import { answerRequests, type WasmReply, type WasmRequest } from '#prover/backends/wasm-worker.js'

/** The part of a browser's worker that is used; TypeScript's types of it exclude those of Node. */
const scope = globalThis as unknown as {
  postMessage(reply: WasmReply): void
  onmessage: (event: { readonly data: WasmRequest }) => void
}

const answer = answerRequests((reply) => scope.postMessage(reply))
scope.onmessage = ({ data }) => answer(data)
