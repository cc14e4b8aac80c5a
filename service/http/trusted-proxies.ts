import { isIP } from 'node:net'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'

/** Whose X-Forwarded-For is believed, as Fastify takes it. @throws ZkserveError `USAGE` */
export function trustedProxies({ trustedProxies: given }: Pick<Config, 'trustedProxies'>): string[] | false {
  for (const proxy of given) {
    const [address, bits = '0'] = proxy.split('/') as [string, string?]
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!
    if (Number(bits) > longest) {
      throw new ZkserveError('USAGE', `wrong --trusted-proxies: "${proxy}" is no address and no network`, {
        hints: ['Give addresses, or networks such as 10.0.0.0/8 or fd00::/8.'],
      })
    }
  }
  return given.length === 0 ? false : [...given]
}
