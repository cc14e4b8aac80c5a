import { type RequestOptions as HttpOptions, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { Target } from '#service/webhooks/guard.js'
import { readRetryAfter } from '#service/webhooks/retry.js'

/** What a receiver answered. */
export interface Answer {
  /** HTTP status. */
  readonly status: number
  /** ms after which it wants to be asked again, or null. */
  readonly retryAfter: number | null
}

/** Bytes of an answer that are read, and thrown away, before the connection is cut. */
const readLimit = 4096
/** ms for which they are waited for. */
const readTime = 1000

/**
 * Posts JSON to a target over a connection to one of the given addresses and no other. Redirects are answers like any
 * other, proxies of the environment are not used, and certificates are always checked: against Mozilla's roots, where
 * the operator did not choose the target.
 * @throws Error where no answer comes before the signal aborts
 */
export async function post(
  { url, host, port, trusted }: Target,
  addresses: readonly string[],
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const named = isIP(host) === 0
  const options: HttpOptions = {
    method: 'POST',
    host,
    port,
    path: `${url.pathname}${url.search}`,
    headers: {
      ...headers,
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'zkserve-webhooks',
      connection: 'close',
    },
    // A connection of its own: the shared agent may keep others, or take proxies from the environment.
    agent: false,
    lookup: pinnedTo(addresses),
    signal,
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest({
            ...options,
            ...(named ? { servername: host } : {}),
            ...(trusted ? {} : { ca: [...rootCertificates] }),
            rejectUnauthorized: true,
          })
        : httpRequest(options)
    request.once('response', resolve)
    request.on('error', reject)
    // Without these, such answers would leave the promise open until the signal.
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the receiver wants another protocol'))
    })
    request.end(body)
  })
  await discard(response)
  return {
    status: response.statusCode ?? 0,
    retryAfter: readRetryAfter(response.headers['retry-after'], Date.now()),
  }
}

/** Answers look-ups with these addresses, whatever is asked. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, callback) => {
    if (options.all === true) callback(null, all)
    else callback(null, all[0]!.address, all[0]!.family)
  }
}

/** Lets a short answer arrive, so that its sender sees no broken connection; what it says does not matter. */
async function discard(response: IncomingMessage): Promise<void> {
  const timer = setTimeout(() => response.destroy(), readTime)
  let read = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      read += chunk.length
      if (read > readLimit) break
    }
  } catch {
    // The status has come, and nothing else is wanted.
  } finally {
    clearTimeout(timer)
    response.destroy()
  }
}
