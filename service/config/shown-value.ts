import type { ConfigName } from '#service/config/schema.js'

/** In place of a secret. */
const hidden = '***'

/** A setting's value as it may be shown: without the password of a database's address. */
export function shownValue(name: ConfigName, value: unknown): unknown {
  return name === 'database' && typeof value === 'string' ? withoutPassword(value) : value
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
