import { asked } from '#service/chain/asked.js'
import type { BlockHead, OracleChain } from '#service/oracle/oracle-chain.js'

/** Fees of a transaction (EIP-1559), in wei for a unit of gas. */
export interface GasFees {
  readonly maxFee: bigint
  readonly priorityFee: bigint
}

/** What gas costs now: `price` is what a transaction of the next block pays. */
export interface GasMarket extends GasFees {
  readonly price: bigint
}

/** @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` */
export async function readGasMarket(
  { client }: Pick<OracleChain, 'client'>,
  { baseFee }: BlockHead,
): Promise<GasMarket> {
  const priorityFee = await asked(() => client.estimateMaxPriorityFeePerGas())
  // The base fee rises by an eighth a block at most: twice of it holds for six full blocks.
  return { price: baseFee + priorityFee, priorityFee, maxFee: 2n * baseFee + priorityFee }
}

/**
 * Fees within what may be spent on a unit of gas; null where that does not pay for the next block.
 * @param limit in wei
 */
export function feesWithin({ price, maxFee, priorityFee }: GasMarket, limit: bigint): GasFees | null {
  if (limit < price) return null
  return { maxFee: maxFee < limit ? maxFee : limit, priorityFee }
}

/** Fees that take the place of others: nodes ask for a tenth more of both, here it is an eighth. */
export function raisedFees(old: GasFees, market: GasMarket): GasFees {
  const raised = (fee: bigint) => fee + fee / 8n + 1n
  const larger = (a: bigint, b: bigint) => (a > b ? a : b)
  return {
    maxFee: larger(raised(old.maxFee), market.maxFee),
    priorityFee: larger(raised(old.priorityFee), market.priorityFee),
  }
}
