import protobuf from 'protobufjs'
import { ZkserveError } from '#circuits/errors.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import type { ModelMessage } from '#circuits/import/messages.js'
import { scanOnnx } from '#circuits/import/scan.js'
import { modelType } from '#circuits/import/schema.js'

/**
 * Decodes an ONNX file after scanning it; see {@link scanOnnx}. Byte fields are views of `bytes`.
 * Throws `INVALID_ONNX` or `MODEL_TOO_LARGE`.
 */
export function decodeOnnx(bytes: Uint8Array, limits: ImportLimits): ModelMessage {
  scanOnnx(bytes, limits)
  const reader = protobuf.Reader.create(bytes)
  reader.discardUnknown = true
  try {
    return modelType.decode(reader) as unknown as ModelMessage
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZkserveError('INVALID_ONNX', `not an ONNX file: ${reason}`, { cause })
  }
}
