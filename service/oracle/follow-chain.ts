import { isAddressEqual } from 'viem'
import type { Checkpoint } from '#service/oracle/chain-cursor.js'
import { readCheckpoints, writeCheckpoint } from '#service/oracle/chain-cursor.js'
import { type BlockHead, type OracleChain, readBlockHash } from '#service/oracle/oracle-chain.js'
import { digestOf } from '#service/oracle/oracle-request.js'
import {
  commonAncestor,
  type EventReader,
  type ReadEvents,
  requestCount,
} from '#service/oracle/read-events.js'
import { endByEvent, noteRequest } from '#service/oracle/request-ledger.js'
import { rewindTo } from '#service/oracle/rewind.js'
import type { WatchLease } from '#service/oracle/watch-lease.js'
import type { WatchStep } from '#service/oracle/watch-step.js'

export interface FollowOptions {
  readonly chain: OracleChain
  readonly events: EventReader
  readonly lease: WatchLease
  readonly account: `0x${string}`
  /** Blocks that must stand on a block before its events count. */
  readonly confirmations: number
  /** First block that is read where none was read yet; 0 for the latest. */
  readonly startBlock: number
  readonly step: WatchStep
}

/** What one look at the chain found. */
export interface Followed {
  /** Requests that are new. */
  readonly seen: number
  /** Whether more blocks wait to be read. */
  readonly isBehind: boolean
  /** The block to which was gone back, where the chain was reorganised. */
  readonly rewound: bigint | null
  /** The last block that was read. */
  readonly block: bigint
}

/**
 * Notes the next events of the chain, or goes back where it was reorganised.
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED`, `CHAIN_INCONSISTENT`; LeaseLost
 */
export async function followChain(options: FollowOptions, head: BlockHead): Promise<Followed> {
  const { chain, events, lease, confirmations, step } = options
  const cursor = (await readCheckpoints(lease, 1))[0] ?? (await begin(options, head))
  // A first block that is not there yet is waited for.
  if (cursor === null) return { seen: 0, isBehind: false, rewound: null, block: head.number }
  const nothing = { seen: 0, isBehind: false, rewound: null, block: cursor.number }
  // An endpoint that is behind another: what it will say of the block is not known yet.
  if (head.number < cursor.number) return nothing
  if ((await readBlockHash(chain, cursor.number)) !== cursor.hash) {
    const ancestor = await goBack(options)
    return { ...nothing, isBehind: true, rewound: ancestor, block: ancestor }
  }
  const until = head.number - BigInt(confirmations)
  if (until <= cursor.number) return nothing
  const read = await events.after(cursor, until)
  await step('note')
  await lease.write((tables) => noteEvents(tables, options, read))
  const seen = read.logs.filter(({ eventName }) => eventName === 'InferenceRequested').length
  const { number } = read.reached
  return { seen, isBehind: number < until, rewound: null, block: number }
}

/** The block before the first that is read. */
async function begin(
  { chain, lease, confirmations, startBlock }: FollowOptions,
  head: BlockHead,
): Promise<Checkpoint | null> {
  const latest = head.number - BigInt(confirmations)
  const number = startBlock > 0 ? BigInt(startBlock - 1) : latest > 0n ? latest : 0n
  const hash = await readBlockHash(chain, number)
  if (hash === null) return null
  const first = { number, hash, nextRequest: await requestCount(chain, number) }
  await lease.write((tables) => writeCheckpoint(tables, lease.id, first))
  return first
}

async function goBack({ chain, lease, startBlock, step }: FollowOptions): Promise<bigint> {
  const checkpoints = await readCheckpoints(lease)
  const ancestor = await commonAncestor(chain, checkpoints)
  const block = ancestor?.number ?? before(checkpoints.at(-1)!, startBlock)
  const hash = ancestor === null ? await readBlockHash(chain, block) : null
  const nextRequest = hash === null ? null : await requestCount(chain, block)
  await step('rewind')
  await lease.write(async (tables) => {
    await rewindTo(tables, lease.id, block)
    if (hash !== null) await writeCheckpoint(tables, lease.id, { number: block, hash, nextRequest })
  })
  return block
}

/** Where reading begins again when the chain has none of the blocks that were read. */
function before(oldest: Checkpoint, startBlock: number): bigint {
  const first = BigInt(Math.max(0, startBlock - 1))
  return first > 0n && first < oldest.number ? first : oldest.number - 1n
}

async function noteEvents(
  tables: Parameters<Parameters<WatchLease['write']>[0]>[0],
  { lease, account }: FollowOptions,
  { logs, reached }: ReadEvents,
): Promise<void> {
  for (const log of logs) {
    const { args, blockNumber: block } = log
    const { requestId } = args
    switch (log.eventName) {
      case 'InferenceRequested': {
        await noteRequest(tables, lease.id, { question: log.args, digest: digestOf(log), block })
        break
      }
      case 'InferenceFulfilled': {
        const { payee, fee, royalty } = log.args
        const isOurs = isAddressEqual(payee, account)
        const ending = isOurs
          ? ({ state: 'fulfilled', block, earned: fee - royalty } as const)
          : ({ state: 'lost', reason: 'ANSWERED', block } as const)
        await endByEvent(tables, lease.id, requestId, ending)
        break
      }
      case 'InferenceRefunded': {
        await endByEvent(tables, lease.id, requestId, { state: 'lost', reason: 'REFUNDED', block })
        break
      }
    }
  }
  await writeCheckpoint(tables, lease.id, reached)
}
