import type { QModel } from '#circuits/qmodel/qmodel.js'

/** Members of layers that hold weights: sums of weights and inputs are all that a proof says of them. */
const hiddenMembers: ReadonlySet<string> = new Set(['weight', 'bias', 'constant'])

/**
 * The canonical bytes of what all versions of a model with committed weights share, architecture.json: layers with
 * shapes, shifts and tables but without weights, the scales of inputs and outputs, and the bounds that the circuit
 * has room for. Scales in between are left out: they follow from weights.
 */
export function architectureBytes({ batch, inputs, outputs, tensors, layers }: QModel): Uint8Array {
  const rooms = tensors.map(({ shape, lo, hi }) => ({ shape, lo, hi }))
  const architecture = { format: 'zkserve/architecture/1', batch, inputs, outputs, tensors: rooms, layers }
  const text = JSON.stringify(architecture, (member, value: unknown) => {
    if (hiddenMembers.has(member)) return undefined
    return value instanceof Int32Array || value instanceof Float64Array ? Array.from(value) : value
  })
  return new TextEncoder().encode(`${text}\n`)
}
