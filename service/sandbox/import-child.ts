import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { readOnnx } from '#circuits/import/import-model.js'
import type { SandboxReply, SandboxRequest } from '#service/sandbox/messages.js'

/**
 * The child process that reads one untrusted ONNX file: limits come as a message, the file over standard input,
 * the graph or the error goes back as a message.
 */
async function answer({ length, limits }: SandboxRequest): Promise<SandboxReply> {
  try {
    return { reading: readOnnx(await readStandardInput(length), limits) }
  } catch (error) {
    return { error: (asMemoryError(error) ?? toZkserveError(error)).toJSON() }
  }
}

async function readStandardInput(length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    if (at + chunk.length > length) throw new ZkserveError('INVALID_ONNX', 'the file grew while it was read')
    bytes.set(chunk, at)
    at += chunk.length
  }
  if (at < length) throw new ZkserveError('INVALID_ONNX', 'the file shrank while it was read')
  return bytes
}

/** Buffers beyond the memory limit fail with a RangeError that V8 words so. */
function asMemoryError(error: unknown): ZkserveError | null {
  if (!(error instanceof RangeError) || !/allocation failed/i.test(error.message)) return null
  return new ZkserveError('MODEL_TOO_LARGE', 'reading the model needs more memory than allowed', {
    cause: error,
  })
}

process.once('message', async (request: SandboxRequest) => {
  const reply = await answer(request)
  process.send!(reply, () => process.disconnect())
})
