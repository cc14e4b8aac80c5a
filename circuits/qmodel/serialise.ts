import { ZkserveError } from '#circuits/errors.js'
import type { QLayer, QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'

const format = 'zkserve/qmodel/2'

/**
 * The canonical bytes of a model: JSON with keys in the order of the types, numbers as JavaScript prints them.
 * Their SHA-256 is the model's hash.
 */
export function serialiseQModel(model: QModel): Uint8Array {
  const { name, batch, inputs, outputs, tensors, layers } = model
  const json = JSON.stringify(
    { format, name, batch, inputs, outputs, tensors, layers },
    (_, value: unknown) =>
      value instanceof Int32Array || value instanceof Float64Array ? Array.from(value) : value,
  )
  return new TextEncoder().encode(`${json}\n`)
}

/**
 * Reads what {@link serialiseQModel} wrote.
 * @throws ZkserveError `INVALID_QMODEL`
 */
export function parseQModel(bytes: Uint8Array): QModel {
  let parsed: (QModel & { readonly format: string }) | null
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ZkserveError('INVALID_QMODEL', 'the integer model is not JSON', { cause })
  }
  if (parsed?.format !== format) {
    throw new ZkserveError(
      'INVALID_QMODEL',
      `the integer model has format "${parsed?.format}", not "${format}"`,
    )
  }
  try {
    const { name, batch, inputs, outputs, tensors } = parsed
    const model: QModel = { name, batch, inputs, outputs, tensors, layers: parsed.layers.map(reviveLayer) }
    verifyQModel(model)
    return model
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    throw new ZkserveError('INVALID_QMODEL', 'the integer model lacks a part', { cause })
  }
}

/** Gives a layer its typed arrays back. */
function reviveLayer(layer: QLayer): QLayer {
  switch (layer.kind) {
    case 'conv':
    case 'dense':
      return { ...layer, weight: Int32Array.from(layer.weight), bias: Float64Array.from(layer.bias) }
    case 'combine':
      return { ...layer, constant: layer.constant && Float64Array.from(layer.constant) }
    case 'reindex':
      return { ...layer, indices: Int32Array.from(layer.indices) }
    case 'table':
      return { ...layer, tables: layer.tables.map((table) => Int32Array.from(table)) }
    case 'windowSum':
    case 'matMul':
    case 'maxPool':
    case 'rescale':
    case 'topK':
    case 'argMax':
      return layer
    default:
      throw new ZkserveError('INVALID_QMODEL', 'the integer model has a layer of an unknown kind')
  }
}
