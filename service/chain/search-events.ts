import { ZkserveError } from '#circuits/errors.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** Blocks, both ends included. */
export interface BlockRange {
  readonly fromBlock: bigint
  readonly toBlock: bigint
}

/**
 * The newest event that `read` finds from a block on; a range that the endpoint refuses is halved, newer blocks first.
 *
 * @returns null where there is none
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` where even one block is refused
 */
export async function searchEvents<Event>(
  { client }: ChainReader,
  from: bigint,
  read: (range: BlockRange) => Promise<readonly Event[]>,
): Promise<Event | null> {
  const search = async (fromBlock: bigint, toBlock: bigint): Promise<Event | null> => {
    try {
      return (await asked(() => read({ fromBlock, toBlock }))).at(-1) ?? null
    } catch (error) {
      const isRefused = error instanceof ZkserveError && error.code === 'CHAIN_REJECTED'
      if (!isRefused || fromBlock === toBlock) throw error
    }
    const middle = (fromBlock + toBlock) / 2n
    return (await search(middle + 1n, toBlock)) ?? search(fromBlock, middle)
  }
  const latest = await asked(() => client.getBlockNumber())
  return from > latest ? null : search(from, latest)
}
