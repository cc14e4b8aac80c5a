import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** Global unicast (RFC 4291): what is outside is for special uses, or not assigned. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
/** Azure's host answers its guests at this one, which looks like any other. */
const azureHost = '168.63.129.16'

/**
 * Whether an address is one of the public Internet: no loopback, private, link-local, shared, mapped, translated,
 * tunnelled, documentation, benchmarking, multicast, reserved or unassigned one, and none of this machine.
 * @param address IPv4 in four decimal parts, or IPv6 without zone
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return ipaddr.IPv4.parse(address).range() === 'unicast' && address !== azureHost && !isOwn(address)
  }
  if (address.includes('%') || !ipaddr.IPv6.isValid(address)) return false
  const parsed = ipaddr.IPv6.parse(address)
  return parsed.range() === 'unicast' && parsed.match(globalUnicast) && !isOwn(parsed.toNormalizedString())
}

/** Services of this machine may trust callers from itself. */
function isOwn(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.some(({ address: other, family }) => {
    return (family === 'IPv6' ? ipaddr.IPv6.parse(other).toNormalizedString() : other) === address
  })
}
