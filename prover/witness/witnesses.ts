import { type SignalValues, WitnessCalculator } from '#prover/witness/calculate.js'
import { decodePlan } from '#prover/witness/plan/encode.js'
import { PlannedWitness } from '#prover/witness/plan/run.js'

/** By the circuit's plan where it covers the inputs, or by circom's calculator always. */
export type WitnessMethod = 'plan' | 'circom'

/** What {@link Witnesses.load} makes of ZKSERVE_WITNESS. */
export function witnessMethod(setting: string | undefined): WitnessMethod {
  return setting === 'circom' ? 'circom' : 'plan'
}

/** Computes witnesses of a circuit. Both methods give the same bytes; circom's code is loaded when it is needed. */
export class Witnesses {
  #calculator: WitnessCalculator | undefined

  private constructor(
    private readonly planned: PlannedWitness | null,
    private readonly readWasm: () => Promise<Uint8Array>,
  ) {}

  /**
   * @param plan the bytes of witness.plan
   * @param readWasm reads circom's calculator
   * @throws ZkserveError `INVALID_CIRCUIT` for a malformed plan
   */
  static load(plan: Uint8Array, readWasm: () => Promise<Uint8Array>, method: WitnessMethod): Witnesses {
    const decoded = method === 'circom' ? null : decodePlan(plan)
    return new Witnesses(decoded && new PlannedWitness(decoded), readWasm)
  }

  /**
   * @returns the bytes of a `.wtns`
   * @throws ZkserveError `PROVING_FAILED` where an input breaks a constraint
   */
  async calculate(signals: SignalValues): Promise<Uint8Array> {
    const witness = this.planned?.calculate(signals) ?? null
    if (witness !== null) return witness
    this.#calculator ??= await WitnessCalculator.load(await this.readWasm())
    return this.#calculator.calculate(signals)
  }
}
