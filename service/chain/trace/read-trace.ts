import {
  type Address,
  type ContractEventName,
  formatLog,
  type Hex,
  numberToHex,
  type ParseEventLogsReturnType,
  parseEventLogs,
  type RpcLog,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { lotTraceAbi } from '#contracts/generated/LotTrace.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type BlockRange, collectEvents } from '#service/chain/search-events.js'
import { toChainError } from '#service/chain/to-chain-error.js'

type Log = ParseEventLogsReturnType<typeof lotTraceAbi, ContractEventName<typeof lotTraceAbi>, true>[number]
type LogOf<Name> = Name extends string ? Extract<Log, { eventName: Name }> : never

/** What happened to a lot. */
export type TraceEvent = {
  [Name in LotEventName]: Pick<LogOf<Name>, 'eventName' | 'args'> & TraceEventPlace
}[LotEventName]

type LotEventName = Exclude<Log['eventName'], 'EIP712DomainChanged'>

interface TraceEventPlace {
  readonly block: bigint
  /** The block's time, in seconds since 1970. */
  readonly time: number
  readonly transaction: Hex
}

/** Events of a lot in their order, and the block up to which they were read. */
export interface Trace {
  readonly block: bigint
  readonly events: readonly TraceEvent[]
}

export interface TraceQuery {
  readonly contract: Address
  readonly lotId: bigint
  /** Block from which the chain is searched; the first by default. */
  readonly fromBlock?: bigint
}

/** Reads all events of a lot. @throws CHAIN_REJECTED, also where there are none; CHAIN_UNREACHABLE */
export async function readTrace(
  chain: ChainReader,
  { contract, lotId, fromBlock = 0n }: TraceQuery,
): Promise<Trace> {
  const { client } = chain
  const block = await asked(() => client.getBlockNumber({ cacheTime: 0 }))
  // Each event names the lot first, so that one filter finds them all.
  const filter = { address: contract, topics: [null, numberToHex(lotId, { size: 32 })] }
  const readLogs = ({ fromBlock, toBlock }: BlockRange): Promise<RpcLog[]> => {
    const range = { fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) }
    return client.request({ method: 'eth_getLogs', params: [{ ...filter, ...range }] })
  }
  const raw = await collectEvents(chain, readLogs, fromBlock, block)
  try {
    const logs = parseEventLogs({ abi: lotTraceAbi, logs: raw.map((log) => formatLog(log)) })
    const times = new Map<bigint, number>()
    for (const blockNumber of new Set(logs.map((log) => log.blockNumber!)))
      times.set(blockNumber, Number((await client.getBlock({ blockNumber })).timestamp))
    const events = logs.flatMap((log) => {
      if (log.eventName === 'EIP712DomainChanged') return []
      const place = {
        block: log.blockNumber!,
        time: times.get(log.blockNumber!)!,
        transaction: log.transactionHash!,
      }
      return [{ eventName: log.eventName, args: log.args, ...place } as TraceEvent]
    })
    if (events.length > 0) return { block, events }
  } catch (error) {
    throw toChainError(error)
  }
  throw new ZkserveError('CHAIN_REJECTED', `nothing is traced of lot ${lotId} at ${contract}`, {
    details: { reason: 'LotNotFound' },
    hints: ['Check the address and the lot, and that --from-block is not later than its opening.'],
  })
}
