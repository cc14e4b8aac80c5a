import type { Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { TracePlace } from '#service/chain/trace/trace-hash.js'

/** What a logger says: the lanes of a lot's readings over a time. */
export interface AttestedReadings {
  readonly lotId: bigint
  /** Seconds since 1970. */
  readonly from: number
  readonly until: number
  /** Lanes of 8 bits, lowest first, as the proof packs them. */
  readonly readings: bigint
}

/** Signs readings for one lot of one contract on one chain (EIP-712), as `LotTrace.readingsHash` has it. */
export function attestReadings(
  logger: Pick<PrivateKeyAccount, 'signTypedData'>,
  { chainId, contract }: TracePlace,
  message: AttestedReadings,
): Promise<Hex> {
  return logger.signTypedData({
    domain: { name: 'LotTrace', version: '1', chainId, verifyingContract: contract },
    types: {
      Readings: [
        { name: 'lotId', type: 'uint256' },
        { name: 'from', type: 'uint48' },
        { name: 'until', type: 'uint48' },
        { name: 'readings', type: 'uint256' },
      ],
    },
    primaryType: 'Readings',
    message,
  })
}
