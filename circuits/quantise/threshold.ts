import { ZkserveError } from '#circuits/errors.js'
import { bitLength, type QLayer, type QModel, type QTensor } from '#circuits/qmodel/qmodel.js'

/**
 * Replaces the first output by flags: 1 where its real number is at least `bound`, else 0. The flag is the highest
 * bit of integer - least integer that reaches the bound + 2^shift, which a rescale by `shift` leaves. The new
 * tensors have no bounds yet.
 * @param bound in the output's terms
 * @param asked the bound as the user gave it, before a closing Sigmoid was dropped
 * @param imposed the shift of an architecture, which `flagsHold` judges when all bounds are known
 * @throws ZkserveError `USAGE` where the flag would be the same for all inputs
 */
export function compareOutput(model: QModel, bound: number, asked: number, imposed?: number): QModel {
  const output = model.outputs[0]!
  const { lo, hi, shape } = model.tensors[output.tensor]!
  const least = Math.ceil(bound / output.scale)
  if (least <= lo || least > hi) {
    const real = (integer: number) => (integer * output.scale).toPrecision(4)
    throw new ZkserveError(
      'USAGE',
      `no input takes output "${output.name}" across ${bound.toPrecision(4)}: it ranges over [${real(lo)}, ${real(hi)}]`,
    )
  }
  const shift = imposed ?? bitLength(Math.max(hi - least, least - lo))
  const first = model.tensors.length
  const tensor = (name: string): QTensor => {
    return { name, shape, scales: [1], channelAxis: 0, lo: 0, hi: 0, signed: false, bits: 0 }
  }
  const base = { operator: 'Threshold', channelAxis: 0 }
  const size = shape.reduce((product, length) => product * length, 1)
  const layers: QLayer[] = [
    {
      kind: 'combine',
      ...{ ...base, name: `${output.name}_difference`, output: first },
      terms: [{ input: output.tensor, factors: [1] }],
      constant: new Float64Array(size).fill(2 ** (shift - 1) - least),
    },
    {
      kind: 'rescale',
      ...{ ...base, name: `${output.name}_flag`, input: first, output: first + 1 },
      ...{ shifts: [shift], low: null, saturate: null },
    },
  ]
  return {
    ...model,
    tensors: [...model.tensors, tensor(layers[0]!.name), tensor(layers[1]!.name)],
    layers: [...model.layers, ...layers],
    outputs: [
      { ...output, tensor: first + 1, scale: 1, meaning: { kind: 'flags', threshold: asked } },
      ...model.outputs.slice(1),
    ],
  }
}

/** Whether the flags that `compareOutput` made are 0 or 1 for all scores within their bounds. */
export function flagsHold({ outputs, layers, tensors }: QModel): boolean {
  if (outputs[0]!.meaning.kind !== 'flags') return true
  const [difference, flag] = layers.slice(-2)
  if (difference?.kind !== 'combine' || flag?.kind !== 'rescale') return false
  const { lo, hi } = tensors[difference.terms[0]!.input]!
  const half = 2 ** (flag.shifts[0]! - 1)
  return difference.constant!.every(
    (constant) => lo + constant + half >= 0 && hi + constant + half < 4 * half,
  )
}
