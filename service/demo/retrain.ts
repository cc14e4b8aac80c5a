import { decodeOnnx } from '#circuits/import/decode.js'
import { defaultLimits } from '#circuits/import/limits.js'

const float32 = 1

/**
 * An ONNX model with weights moved by up to `share` of themselves, as a little more training would. Always the same.
 */
export function retrained(onnx: Uint8Array, share = 0.02): Uint8Array {
  const copy = Uint8Array.from(onnx)
  let state = 1
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  // Byte fields of the decoded model are views of the copy.
  for (const { dataType, rawData } of decodeOnnx(copy, defaultLimits).graph?.initializer ?? []) {
    if (dataType !== float32) continue
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.length)
    for (let at = 0; at + 4 <= rawData.length; at += 4) {
      view.setFloat32(at, view.getFloat32(at, true) * (1 + share * noise()), true)
    }
  }
  return copy
}
