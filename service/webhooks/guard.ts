import { isIP } from 'node:net'
import { ZkserveError } from '#circuits/errors.js'
import { isPublicAddress } from '#service/webhooks/public-address.js'
import { publicResolver, type Resolve, resolveTrusted } from '#service/webhooks/resolve.js'

/** Where a message goes. */
export interface Target {
  readonly url: URL
  /** Name or address, without brackets and final dot. */
  readonly host: string
  readonly port: number
  /** Whether the operator allows it, whatever its addresses are. */
  readonly trusted: boolean
}

/** Longest address that is taken, in characters. */
const longest = 2048
/** Names that are nobody's on the Internet (RFC 6761, 6762, 7686, 8375, 9476, ICANN's `internal`). */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion|alt|test|invalid)$/

/**
 * Keeps webhooks from being turned against what only this machine can reach: https to public addresses at port 443
 * alone, but for what the operator allows. Names are looked up anew for each attempt, all their addresses must be
 * public, and the connection is made to those very addresses.
 */
export class WebhookGuard {
  readonly #allowed: ReadonlySet<string>
  readonly #resolve: Resolve

  /**
   * @param allowed `HOST:PORT` each
   * @throws ZkserveError `USAGE`
   */
  constructor(allowed: readonly string[], resolve: Resolve = publicResolver()) {
    this.#allowed = new Set(allowed.map(readAllowed))
    this.#resolve = resolve
  }

  /** Checks what can be seen without a look-up. @throws ZkserveError `WEBHOOK_REFUSED` */
  check(text: string): Target {
    // URL parsers drop such characters or read them as others.
    if (text.length > longest || /[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) {
      throw refused('it is no URL')
    }
    const url = new URL(text)
    const secure = url.protocol === 'https:'
    if (!secure && url.protocol !== 'http:') throw refused('its scheme is not https')
    if (url.username !== '' || url.password !== '') throw refused('it has a user or a password')
    const host = bareHost(url)
    const port = Number(url.port || (secure ? 443 : 80))
    const trusted = this.#allowed.has(`${host}:${port}`)
    url.hash = ''
    if (trusted) return { url, host, port, trusted }
    if (!secure) throw refused('its scheme is not https')
    if (port !== 443) throw refused('its port is not 443')
    const named = isIP(host) === 0
    const open = named ? host.includes('.') && !privateNames.test(host) : isPublicAddress(host)
    if (!open) throw refused('its host is not public')
    return { url, host, port, trusted }
  }

  /**
   * The addresses to which the connection may go, all of them checked; to be asked anew for each attempt.
   * @throws Error where there are none, or any is not public
   */
  async addresses({ host, trusted }: Target): Promise<readonly string[]> {
    if (trusted) return resolveTrusted(host)
    const addresses = isIP(host) === 0 ? await this.#resolve(host) : [host]
    if (addresses.length === 0) throw new Error('the name has no address')
    if (!addresses.every(isPublicAddress)) throw new Error('an address of the name is not public')
    return addresses
  }
}

/** `[::1]` → `::1`, `example.com.` → `example.com`; URL parsers write numbers in all their spellings as addresses. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

function readAllowed(entry: string): string {
  const port = Number(/:(\d{1,5})$/.exec(entry)?.[1])
  const address = `http://${entry}`
  const url = URL.canParse(address) ? new URL(address) : null
  const plain = url !== null && url.href === `${url.origin}/` && /^[\w.:-]+$/.test(bareHost(url))
  if (!plain || !(port >= 1 && port <= 65_535)) {
    throw new ZkserveError('USAGE', `wrong --webhook-allow: expected HOST:PORT, got "${entry}"`, {
      hints: ['Such as `hooks.internal:8443`, `10.0.0.7:80` or `[fd00::7]:443`.'],
    })
  }
  return `${bareHost(url)}:${port}`
}

function refused(reason: string): ZkserveError {
  return new ZkserveError('WEBHOOK_REFUSED', `the service does not call this address: ${reason}`)
}
