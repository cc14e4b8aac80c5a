/** Emitted circuits as instances of a batch, with what the integer interpreter says of their inputs. */
import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { outputSignals } from '#circuits/emit/outputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { scalarModulus as p } from '#prover/curve/bn254.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { weightSignals } from '../committed.js'
import { RandomSource } from '../random-source.js'
import type { Claim } from './forge.js'
import type { CostedInstance } from './gadgets.js'
import { inputSize } from './tiny-model.js'

type OpenClaim = Omit<Claim, 'honest'>

/** Takes context, salt where hashed, lanes, then weights and blinding where hidden; gives the public signals but these. */
export async function networkInstance(
  model: QModel,
  mode: InputMode,
  template: string,
  weights: WeightMode = 'fixed',
): Promise<CostedInstance> {
  const count = inputSize(model)
  const hidden = weights === 'committed' ? [...weightSignals(model), 12345n] : []
  const before = mode === 'hashed' ? 2 : 1
  const lanes = await laneClaims(model, mode)
  const [signal] = inputSignalNames(model)
  return {
    name: `${model.name}, ${mode}`,
    inputCount: before + count + hidden.length,
    outputCount: 1 + outputSignals(model),
    body: (g, x, y) =>
      [
        `component ${g} = ${template}();`,
        `${g}.context <== ${x}[0];`,
        mode === 'hashed' ? `${g}.salt <== ${x}[1];` : '',
        `for (var i = 0; i < ${count}; i++) ${g}.${signal}[i] <== ${x}[${before} + i];`,
        ...(hidden.length === 0
          ? []
          : [
              `for (var i = 0; i < ${hidden.length - 1}; i++) ${g}.weights[i] <== ${x}[${before + count} + i];`,
              `${g}.blinding <== ${x}[${before + count + hidden.length - 1}];`,
            ]),
        `${y}[0] <== ${mode === 'hashed' ? `${g}.inputCommitment` : `${g}.packedInputs[0]`};`,
        `for (var i = 0; i < ${outputSignals(model)}; i++) ${y}[1 + i] <== ${g}.outputs[i];`,
      ].join(' '),
    widths: [model.inputs[0]!.bits, 32],
    claims: lanes.map((claim) => ({ ...claim, inputs: [...claim.inputs, ...hidden] })),
    cost: emitCircuit(model, mode, { weights }).account.total,
  }
}

async function laneClaims(model: QModel, mode: InputMode): Promise<OpenClaim[]> {
  const { bits, lows } = model.inputs[0]!
  const [lo] = lows as readonly [number]
  const count = inputSize(model)
  const claim = async (lanes: readonly bigint[], context: bigint, salt: bigint): Promise<OpenClaim> => {
    const inputs = [context, ...(mode === 'hashed' ? [salt] : []), ...lanes]
    if (lanes.some((lane) => lane >= 1n << BigInt(bits))) return { inputs, expected: null }
    const integers = Float64Array.from(lanes, (lane) => Number(lane) + lo)
    const word = packLanes(lanes, bits)
    const bound = mode === 'hashed' ? await commitInputs(model, [integers], salt) : word
    const values = interpretIntegers(model, [integers])[model.outputs[0]!.tensor]!
    return { inputs, expected: [bound, ...packOutputs(values)] }
  }
  const contexts = [0n, 1n, p - 1n, p / 3n]
  const rows = [...insideLanes(count, bits), ...outsideLanes(count, bits)]
  return Promise.all(rows.map((row, i) => claim(row, contexts[i % 4]!, contexts[(i + 1) % 4]!)))
}

/** All equal, one apart, pairwise ties at the top, both ends, and a few at random. */
function insideLanes(count: number, bits: number): bigint[][] {
  const top = (1n << BigInt(bits)) - 1n
  const even = [0n, 1n, top / 2n, top / 2n + 1n, top - 1n, top].map((lane) =>
    new Array<bigint>(count).fill(lane),
  )
  const pairs = Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    [i, (i + 1) % count, (i + 2) % count].flatMap((j) => [
      even[0]!.with(i, top).with(j, top),
      even[3]!.with(i, top / 2n).with(j, top / 2n + 2n),
      even[5]!.with(i, 0n).with(j, top - 1n),
    ]),
  )
  const random = new RandomSource(count)
  const others = Array.from({ length: 12 }, () => even[0]!.map(() => random.bigintBelow(top + 1n)))
  return [...even, ...pairs.slice(0, 45), ...others]
}

/** One lane out of range; and two lanes that pack into the same word as lanes in range would. */
function outsideLanes(count: number, bits: number): bigint[][] {
  const top = 1n << BigInt(bits)
  const wrong = [top, top + 1n, 2n * top, p - 1n, (p - 1n) / 2n, (p + 1n) / 2n, p - top, 1n << 252n]
  const ones = new Array<bigint>(count).fill(1n)
  return [
    ...wrong.map((lane, i) => ones.with(i % count, lane)),
    ...ones.slice(1).map((_, i) => ones.with(i, 1n + top).with(i + 1, 0n)),
    ...ones.slice(1).map((_, i) => ones.with(i, p + 1n - top).with(i + 1, 2n)),
  ]
}

function packLanes(lanes: readonly bigint[], bits: number): bigint {
  return lanes.reduce((word, lane, i) => word + (lane << BigInt(bits * i)), 0n)
}

/** Seven lanes of 32 bits, two's complement, to a signal. */
function packOutputs(values: Float64Array): bigint[] {
  const lanes = Array.from(values, (value) => BigInt.asUintN(32, BigInt(value)))
  return Array.from({ length: Math.ceil(lanes.length / 7) }, (_, k) =>
    packLanes(lanes.slice(7 * k, 7 * k + 7), 32),
  )
}
