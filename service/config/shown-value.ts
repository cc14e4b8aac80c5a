import type { ConfigName } from '#service/config/schema.js'

/** In place of a secret. */
const hidden = '***'

/** Addresses of services whose keys often stand in their paths. */
const keyed: readonly ConfigName[] = ['accessRpc', 'oracleRpc', 'paymentRpc', 'paymentFacilitator']

/** A setting's value as it may be shown: without the password of a database's address, or the key of a provider's. */
export function shownValue(name: ConfigName, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (keyed.includes(name)) return withoutPath(value)
  return name === 'database' ? withoutPassword(value) : value
}

/** Providers put keys into users, paths and queries. */
function withoutPath(address: string): string {
  if (address === '') return address
  try {
    const { origin, href } = new URL(address)
    return href === `${origin}/` ? origin : `${origin}/${hidden}`
  } catch {
    return hidden
  }
}

/**
 * All between the user's name and the last @ before the path may be password, whether it is well-formed or not; what
 * is no address at all may hold one anywhere.
 */
function withoutPassword(address: string): string {
  if (!/^(embedded|memory|postgres(ql)?:\/\/.*)$/s.test(address)) return hidden
  return address
    .replace(/^([a-z]+:\/\/[^:@/?]*):.*@/i, `$1:${hidden}@`)
    .replace(/([?&](?:password|sslpassword)=)[^&]*/gi, `$1${hidden}`)
}
