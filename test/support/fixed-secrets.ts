import { toLittleEndian } from '#prover/curve/bytes.js'
import type { FillRandom } from '#prover/setup/secrets.js'
import type { ReferenceSecrets } from './reference-setup.js'

/** A source of randomness that makes a set-up draw the given secrets. */
export function fixedSecrets({ tau, alpha, beta, delta }: ReferenceSecrets): FillRandom {
  const queue = [tau, alpha, beta, delta]
  return (bytes) => bytes.set(toLittleEndian(queue.shift()!))
}
