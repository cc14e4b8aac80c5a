import type { InputMode } from '#circuits/analyse/account.js'
import { committedWeights } from '#circuits/analyse/committed-weights.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { type SignalValues, WitnessCalculator } from '#prover/witness/calculate.js'
import { reduce } from '#prover/witness/plan/field.js'
import { circuitInputs, type InputSignal } from '#prover/witness/plan/inputs.js'
import { makePlan } from '#prover/witness/plan/make.js'
import type { WitnessPlan } from '#prover/witness/plan/plan.js'
import { PlannedWitness } from '#prover/witness/plan/run.js'

/**
 * The plan of a model's circuit, compared on every wire with circom's calculator for inputs at both ends of their
 * ranges and between them; null where none covers the circuit.
 *
 * @param wasm circom's calculator
 */
export async function buildPlan(
  model: QModel,
  mode: InputMode,
  weights: WeightMode,
  r1cs: R1cs,
  wasm: Uint8Array,
): Promise<WitnessPlan | null> {
  const inputs = circuitInputs(model, mode, weights)
  const plan = makePlan(r1cs, inputs)
  if (plan === null) return null
  const planned = new PlannedWitness(plan)
  const calculator = await WitnessCalculator.load(wasm)
  const hidden =
    weights === 'committed'
      ? { weights: Array.from(committedWeights(model), (value) => reduce(BigInt(value))) }
      : {}
  for (const share of [() => 0, () => 1, (i: number) => (i * goldenRatio) % 1]) {
    const signals = { ...trialOf(inputs, share), ...hidden }
    const witness = planned.calculate(signals)
    const expected = await calculator.calculate(signals).catch(() => null)
    if (witness === null || expected === null || !Buffer.from(witness).equals(expected)) return null
  }
  return plan
}

/** Its multiples spread evenly over [0, 1). */
const goldenRatio = 0.618033988749895

/** Values at a share of their ranges, elements of the field any. */
function trialOf(inputs: readonly InputSignal[], share: (i: number) => number): SignalValues {
  return Object.fromEntries(
    inputs.map(({ name, ranges }) => [
      name,
      ranges.map((range, i) =>
        range === null ? BigInt(i) + 7n : BigInt(Math.round(range.lo + share(i) * (range.hi - range.lo))),
      ),
    ]),
  )
}
