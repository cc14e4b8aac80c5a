import type { QModel } from '#circuits/qmodel/qmodel.js'

/** Members of layers that hold weights: sums of weights and inputs are all that a proof says of them. */
const hiddenMembers: ReadonlySet<string> = new Set(['weight', 'bias', 'constant'])

/**
 * The canonical bytes of what all versions of a model with committed weights share, architecture.json: layers with
 * shapes, shifts, factors and tables but without weights, what inputs and outputs are, and the bounds that the circuit
 * has room for. What a version's integers stand for is left out: inner scales follow from weights, and those of the
 * outputs stand in the manifest.
 */
export function architectureBytes({ batch, inputs, outputs, tensors, layers }: QModel): Uint8Array {
  const architecture = {
    format: 'zkserve/architecture/1',
    batch,
    inputs,
    outputs: outputs.map(({ scale: _, ...output }) => output),
    tensors: tensors.map(({ shape, lo, hi }) => ({ shape, lo, hi })),
    layers,
  }
  const text = JSON.stringify(architecture, (member, value: unknown) => {
    if (hiddenMembers.has(member)) return undefined
    return value instanceof Int32Array || value instanceof Float64Array ? Array.from(value) : value
  })
  return new TextEncoder().encode(`${text}\n`)
}
