import { lookup, Resolver } from 'node:dns/promises'

/** Finds the addresses of a name. @throws Error where there are none */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Addresses of one name that are tried at most. */
const most = 16

/**
 * Asks DNS alone: neither /etc/hosts nor search domains, which name what is inside. And not by the system's look-up:
 * each would hold one of the process's few threads for as long as somebody's name server likes.
 * @param servers those of the machine by default
 */
export function publicResolver(servers?: readonly string[]): Resolve {
  return async (host) => {
    const resolver = new Resolver({ timeout: 2000, tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0) throw new Error('the name has no address')
    if (found.length > most) throw new Error('the name has too many addresses')
    return found
  }
}

/** As the machine does it, for names that the operator chose. */
export const resolveTrusted: Resolve = async (host) => {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
