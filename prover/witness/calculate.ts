import { wtns } from 'snarkjs'
import { ZkserveError } from '#circuits/errors.js'

/**
 * Runs circom's witness calculator.
 * @param inputs by signal name, numbers as bigints
 * @returns the bytes of a `.wtns`
 * @throws ZkserveError `PROVING_FAILED` where an input breaks a constraint
 */
export async function calculateWitness(
  wasm: Uint8Array,
  inputs: Readonly<Record<string, bigint | readonly bigint[]>>,
): Promise<Uint8Array> {
  const witness: { type: 'mem'; data?: Uint8Array } = { type: 'mem' }
  try {
    await wtns.calculate(inputs, { type: 'mem', data: wasm }, witness)
  } catch (cause) {
    throw new ZkserveError('PROVING_FAILED', 'the inputs do not satisfy the circuit', { cause })
  }
  return witness.data!
}
