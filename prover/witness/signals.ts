import { inputSignalNames } from '#circuits/emit/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { hiddenSignals } from '#prover/weights/version.js'
import type { SignalValues } from '#prover/witness/calculate.js'

/**
 * The inputs of a bundle's circuit.
 * @param integers quantised inputs
 * @param salt null where the inputs are public
 * @param context the field element that binds the proof
 */
export function circuitSignals(
  { model, hidden }: Pick<Bundle, 'model' | 'hidden'>,
  integers: readonly Float64Array[],
  salt: bigint | null,
  context: bigint,
): SignalValues {
  const lanes = inputLanes(model, integers)
  return {
    ...Object.fromEntries(inputSignalNames(model).map((name, k) => [name, lanes[k]!.map(BigInt)])),
    ...(salt === null ? {} : { salt }),
    context,
    ...(hidden === null ? {} : hiddenSignals(hidden)),
  }
}
