/** How long a request stays open for its proof. */
export interface Wait {
  /** In ms; 0 for not at all. */
  readonly timeout: number
  /** The Preference-Applied header, or null. */
  readonly applied: string | null
}

/**
 * Reads the preferences `respond-async` and `wait=SECONDS` of a Prefer header (RFC 7240), which go before the member
 * `wait` of the body. Others, and those that cannot be read, are let be.
 * @param asked the member `wait`
 * @param longest ms that the service waits at most
 */
export function waitOf(header: string | undefined, asked: boolean, longest: number): Wait {
  const preferences = readPreferences(header ?? '')
  const seconds = preferences.get('wait') ?? ''
  const async = preferences.get('respond-async') === '' ? ['respond-async'] : []
  if (/^\d{1,9}$/.test(seconds)) {
    const applied = Math.min(Number(seconds), Math.floor(longest / 1000))
    return { timeout: applied * 1000, applied: [...async, `wait=${applied}`].join(', ') }
  }
  if (async.length > 0) return { timeout: 0, applied: async.join() }
  return { timeout: asked ? longest : 0, applied: null }
}

/** Values by name in lower case, without their parameters; of equal names the first counts. */
function readPreferences(header: string): Map<string, string> {
  const found = new Map<string, string>()
  // Separators inside quotes are none.
  const unquoted = header.replace(/"([^"]*)"/g, (_, text: string) => text.replace(/[,;=]/g, ' '))
  for (const part of unquoted.split(',')) {
    const [name = '', value = ''] = part
      .split(';', 1)[0]!
      .split('=')
      .map((text) => text.trim())
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, value)
  }
  return found
}
