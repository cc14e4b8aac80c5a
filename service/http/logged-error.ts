import { stdSerializers } from 'pino'

const addresses = /\b(?:https?|wss?|postgres(?:ql)?):\/\/[^\s"'<>]+/gi

interface LoggedError {
  readonly [name: string]: unknown
  readonly type: string
  readonly message: string
  readonly stack: string
}

/**
 * An error as it is logged: of addresses, the host alone. Those of RPC endpoints and databases carry keys behind or
 * before it, and clients put them into what they say of failures.
 */
export function loggedError(error: Error): LoggedError {
  const serialised: LoggedError = stdSerializers.err(error)
  // Whatever was thrown comes here.
  if (!(error instanceof Error)) return serialised
  const told = Object.entries(serialised).flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, withoutPaths(value)]]
    return typeof value === 'number' ? [[name, value]] : []
  })
  return Object.fromEntries(told) as LoggedError
}

function withoutPaths(text: string): string {
  return text.replace(addresses, (address) => {
    if (!URL.canParse(address)) return '…'
    const { protocol, host, pathname, search } = new URL(address)
    return `${protocol}//${host}${pathname.length > 1 || search !== '' ? '/…' : ''}`
  })
}
