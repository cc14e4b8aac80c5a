import { ZkserveError } from '#circuits/errors.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** Blocks, both ends included. */
export interface BlockRange {
  readonly fromBlock: bigint
  readonly toBlock: bigint
}

/** Asks an endpoint for the events of a range, oldest first. */
export type ReadEvents<Event> = (range: BlockRange) => Promise<readonly Event[]>

/**
 * The newest event that `read` finds from a block on; a range that the endpoint refuses is halved, newer blocks first.
 *
 * @param from block; the first that the connection looks at by default
 * @returns null where there is none
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` where even one block is refused
 */
export async function searchEvents<Event>(
  { client, eventsFrom = 0n }: ChainReader,
  read: ReadEvents<Event>,
  from = eventsFrom,
): Promise<Event | null> {
  const search = async (range: BlockRange): Promise<Event | null> => {
    const events = await readRange(range, read)
    if (events !== null) return events.at(-1) ?? null
    const [older, newer] = halve(range)
    return (await search(newer)) ?? search(older)
  }
  const toBlock = await asked(() => client.getBlockNumber({ cacheTime: 0 }))
  return from > toBlock ? null : search({ fromBlock: from, toBlock })
}

/**
 * All events that `read` finds from a block on, oldest first; a range that the endpoint refuses is halved.
 *
 * @param from block; the first that the connection looks at by default
 * @param last block; the chain's latest by default
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` where even one block is refused
 */
export async function collectEvents<Event>(
  { client, eventsFrom = 0n }: ChainReader,
  read: ReadEvents<Event>,
  from = eventsFrom,
  last?: bigint,
): Promise<readonly Event[]> {
  const collect = async (range: BlockRange): Promise<readonly Event[]> => {
    const events = await readRange(range, read)
    if (events !== null) return events
    const [older, newer] = halve(range)
    return [...(await collect(older)), ...(await collect(newer))]
  }
  const toBlock = last ?? (await asked(() => client.getBlockNumber({ cacheTime: 0 })))
  return from > toBlock ? [] : collect({ fromBlock: from, toBlock })
}

/** Null where the endpoint refuses more than one block. @throws ZkserveError `CHAIN_INCONSISTENT` for what is no list */
async function readRange<Event>(
  range: BlockRange,
  read: ReadEvents<Event>,
): Promise<readonly Event[] | null> {
  try {
    const events = await asked(() => read(range))
    if (Array.isArray(events)) return events
    throw new ZkserveError('CHAIN_INCONSISTENT', 'what the endpoint tells of events is no list')
  } catch (error) {
    const isRefused = error instanceof ZkserveError && error.code === 'CHAIN_REJECTED'
    if (!isRefused || range.fromBlock === range.toBlock) throw error
    return null
  }
}

function halve({ fromBlock, toBlock }: BlockRange): readonly [BlockRange, BlockRange] {
  const middle = (fromBlock + toBlock) / 2n
  return [
    { fromBlock, toBlock: middle },
    { fromBlock: middle + 1n, toBlock },
  ]
}
