/**
 * A canonical decimal (no sign, no leading zeros) below the bound as a bigint; undefined for anything else.
 *
 * @param bound exclusive, below 10^78
 */
export function parseDecimal(value: unknown, bound: bigint): bigint | undefined {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,77})$/.test(value)) return undefined
  const parsed = BigInt(value)
  return parsed < bound ? parsed : undefined
}
