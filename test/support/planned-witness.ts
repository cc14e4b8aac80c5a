import { expect } from 'vitest'
import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import type { SignalValues } from '#prover/witness/calculate.js'
import { decodePlan, encodePlan } from '#prover/witness/plan/encode.js'
import { circuitInputs, type InputSignal } from '#prover/witness/plan/inputs.js'
import { makePlan } from '#prover/witness/plan/make.js'
import { PlannedWitness } from '#prover/witness/plan/run.js'

/** Holds a circuit's plan to circom's calculator. */
export class PlanJudge {
  readonly #planned: PlannedWitness

  /** The plan goes through its file. */
  constructor(r1cs: R1cs, signals: readonly InputSignal[]) {
    const plan = makePlan(r1cs, signals)
    expect(plan).not.toBeNull()
    const decoded = decodePlan(Buffer.from(encodePlan(plan)))
    expect(decoded).toEqual(plan)
    this.#planned = new PlannedWitness(decoded!)
  }

  static of(model: QModel, mode: InputMode, weights: WeightMode, r1cs: R1cs): PlanJudge {
    return new PlanJudge(r1cs, circuitInputs(model, mode, weights))
  }

  /** @param wtns what circom's calculator made of the signals */
  compare(signals: SignalValues, wtns: Uint8Array): void {
    expect(differingWire(this.#planned.calculate(signals), wtns)).toBeNull()
  }

  /** The planned witness, or null where the plan leaves it to circom. */
  calculate(signals: SignalValues): Uint8Array | null {
    return this.#planned.calculate(signals)
  }
}

/** The first wire at which two `.wtns` differ; null where none does. */
function differingWire(planned: Uint8Array | null, wtns: Uint8Array): number | string | null {
  if (planned === null) return 'refused'
  if (Buffer.from(planned).equals(wtns)) return null
  const content = 76
  for (let at = content; at < wtns.length; at++)
    if (planned[at] !== wtns[at]) return Math.floor((at - content) / 32)
  return 'length or header'
}
