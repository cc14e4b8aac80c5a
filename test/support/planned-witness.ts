import { expect } from 'vitest'
import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import type { SignalValues } from '#prover/witness/calculate.js'
import { decodePlan, encodePlan } from '#prover/witness/plan/encode.js'
import { circuitInputs } from '#prover/witness/plan/inputs.js'
import { makePlan } from '#prover/witness/plan/make.js'
import { PlannedWitness } from '#prover/witness/plan/run.js'

/** Holds a circuit's plan to circom's calculator. */
export class PlanJudge {
  private constructor(private readonly planned: PlannedWitness) {}

  /** Of a model's circuit. The plan goes through its file. */
  static of(model: QModel, mode: InputMode, weights: WeightMode, r1cs: R1cs): PlanJudge {
    const plan = makePlan(r1cs, circuitInputs(model, mode, weights))
    expect(plan).not.toBeNull()
    const bytes = encodePlan(plan)
    expect(decodePlan(bytes)).toEqual(plan)
    return PlanJudge.ofFile(bytes)
  }

  /** Of a bundle's witness.plan. */
  static ofFile(bytes: Uint8Array): PlanJudge {
    return new PlanJudge(new PlannedWitness(decodePlan(Buffer.from(bytes))!))
  }

  /** @param wtns what circom's calculator made of the signals */
  compare(signals: SignalValues, wtns: Uint8Array): void {
    expect(differingWire(this.planned.calculate(signals), wtns)).toBeNull()
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
