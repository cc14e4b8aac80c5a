import { type Calculator, WitnessCalculatorBuilder } from 'circom_runtime'
import { ZkserveError } from '#circuits/errors.js'

/** Signals by name, numbers as bigints. */
export type SignalValues = Readonly<Record<string, bigint | readonly bigint[]>>

/** circom's witness calculator, loaded once for any number of witnesses. */
export class WitnessCalculator {
  private constructor(private readonly calculator: Calculator) {}

  /** @throws ZkserveError `PROVING_FAILED` where the code is no witness calculator */
  static async load(wasm: Uint8Array): Promise<WitnessCalculator> {
    try {
      return new WitnessCalculator(await WitnessCalculatorBuilder(wasm))
    } catch (cause) {
      throw new ZkserveError('PROVING_FAILED', 'the witness calculator cannot be loaded', { cause })
    }
  }

  /**
   * @returns the bytes of a `.wtns`
   * @throws ZkserveError `PROVING_FAILED` where an input breaks a constraint
   */
  async calculate(signals: SignalValues): Promise<Uint8Array> {
    try {
      return await this.calculator.calculateWTNSBin(signals, true)
    } catch (cause) {
      throw new ZkserveError('PROVING_FAILED', 'the inputs do not satisfy the circuit', { cause })
    }
  }
}
