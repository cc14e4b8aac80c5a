/** Circuits with hidden weights: their witnesses, and inputs to try. */
import { committedWeights } from '#circuits/analyse/committed-weights.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { type SignalValues, WitnessCalculator } from '#prover/witness/calculate.js'
import type { PlanJudge } from './planned-witness.js'

/** Hidden weights as field elements. */
export function weightSignals(model: QModel): bigint[] {
  return Array.from(committedWeights(model), (weight) => {
    const value = BigInt(weight)
    return value < 0n ? value + scalarModulus : value
  })
}

/** The input signals of a circuit with hidden weights, in mode `public`. */
export function committedSignals(model: QModel, inputs: readonly Float64Array[]): SignalValues {
  const lanes = inputLanes(model, inputs)
  const named = inputSignalNames(model).map((name, k) => [name, lanes[k]!.map(BigInt)])
  return { ...Object.fromEntries(named), context: 7n, weights: weightSignals(model), blinding: 12345n }
}

/** A loaded circuit that gives public signals for integer inputs, its witnesses held to a plan where there is one. */
export class CommittedCalculator {
  private constructor(
    private readonly calculator: WitnessCalculator,
    private readonly planned: PlanJudge | null,
  ) {}

  static async load(wasm: Uint8Array, planned: PlanJudge | null = null): Promise<CommittedCalculator> {
    return new CommittedCalculator(await WitnessCalculator.load(wasm), planned)
  }

  /** The first `count` public signals of the model's weights on the inputs. */
  async publicSignals(model: QModel, inputs: readonly Float64Array[], count: number): Promise<bigint[]> {
    const signals = committedSignals(model, inputs)
    const wtns = await this.calculator.calculate(signals)
    this.planned?.compare(signals, wtns)
    const values = readWitness(wtns)
    return Array.from({ length: count }, (_, i) =>
      values.slice((i + 1) * 32, (i + 2) * 32).reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n),
    )
  }
}

/** All low, all high, low or high at random, then uniform. */
export function triedInputs(model: QModel, random: () => number, count: number): Float64Array[][] {
  return Array.from({ length: count }, (_, index) =>
    model.inputs.map(({ lows, bits, shape }) => {
      const top = 2 ** bits - 1
      return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
        const low = lows[i % lows.length]!
        if (index < 2) return low + index * top
        if (index % 3 === 2) return low + (random() < 0.5 ? 0 : top)
        return low + Math.floor(random() * (top + 1))
      })
    }),
  )
}
