import type { Config } from '#service/config/schema.js'

/** What to tell the operator of a service that anyone may use who reaches its address; null where nobody can. */
export function openPortWarning(
  { auth, role }: Pick<Config, 'auth' | 'role'>,
  address: string,
): string | null {
  if (auth === 'keys' || role === 'worker' || /^(::ffff:)?127\.|^::1$/.test(address)) return null
  return `everyone who reaches ${address} may use this service: --auth keys asks for API keys`
}
