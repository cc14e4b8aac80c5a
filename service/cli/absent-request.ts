import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'

/** What is told where a contract has no request of this number. */
export function absentRequest(requestId: bigint, contract: Address): ZkserveError {
  return new ZkserveError('CHAIN_REJECTED', `there is no request ${requestId} at ${contract}`, {
    hints: ['Check its number, the contract and the chain.'],
    details: { reason: 'NoRequest' },
  })
}
