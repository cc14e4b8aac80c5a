import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'

/**
 * A private key, taken out of the environment. There is no flag for it: others can see those.
 *
 * @throws USAGE where the variable is not set
 */
export function takePrivateKey(variable: string, environment: NodeJS.ProcessEnv): Hex {
  const key = environment[variable] ?? ''
  delete environment[variable]
  if (key === '') throw new ZkserveError('USAGE', `${variable} is needed: the private key in hex`)
  return `0x${key.trim().replace(/^0x/, '')}`
}
