import { BaseError, ContractFunctionZeroDataError, type Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { Checkpoint } from '#service/oracle/chain-cursor.js'
import { type OracleChain, readBlockHash, watchedEvents } from '#service/oracle/oracle-chain.js'

type Log = Awaited<ReturnType<typeof getLogs>>[number]

/** Events of some blocks, in their order, and the last of the blocks. */
export interface ReadEvents {
  readonly logs: readonly Log[]
  readonly reached: Checkpoint
}

/** Blocks whose events are asked for at once, at most. */
const widest = 2000n

/** Reads an oracle's events range by range; a range that the endpoint refuses is halved. */
export class EventReader {
  readonly #chain: OracleChain
  #width = widest

  constructor(chain: OracleChain) {
    this.#chain = chain
  }

  /**
   * The next events after a checkpoint, of as many blocks as the endpoint answers at once.
   * @param until the last block that may be read
   * @throws ZkserveError `CHAIN_INCONSISTENT` where events are missing, or blocks changed meanwhile; `CHAIN_UNREACHABLE`,
   *   `CHAIN_REJECTED`
   */
  async after({ number, nextRequest }: Checkpoint, until: bigint): Promise<ReadEvents> {
    for (;;) {
      const last = number + this.#width
      const to = last < until ? last : until
      try {
        const read = await this.#between(number + 1n, to, nextRequest)
        if (this.#width < widest) this.#width *= 2n
        return read
      } catch (error) {
        if (!mayBeTooWide(error) || this.#width === 1n) throw error
        this.#width /= 2n
        // A timeout may be the range's fault too; but an endpoint that is gone is not asked again at once.
        if ((error as ZkserveError).code === 'CHAIN_UNREACHABLE') throw error
      }
    }
  }

  async #between(from: bigint, to: bigint, next: bigint | null): Promise<ReadEvents> {
    const chain = this.#chain
    const before = await readBlockHash(chain, to)
    const logs = await asked(() => getLogs(chain, from, to))
    const hash = await readBlockHash(chain, to)
    // A block's hash stands for all blocks before it: the events are those of its chain.
    if (hash === null || hash !== before) throw inconsistent(`block ${to} changed while events were read`)
    const nextRequest = followIds(logs, next)
    const count = await requestCount(chain, to)
    if (count !== null && count !== (nextRequest ?? count)) {
      throw inconsistent(`the oracle has ${count} requests at block ${to}, events tell of ${nextRequest}`)
    }
    return { logs, reached: { number: to, hash, nextRequest: nextRequest ?? count } }
  }
}

function getLogs({ client, oracle: address }: OracleChain, fromBlock: bigint, toBlock: bigint) {
  return client.getLogs({ address, events: watchedEvents, fromBlock, toBlock, strict: true })
}

/** Requests are numbered without gaps: an endpoint that leaves events out is found out. */
function followIds(logs: readonly Log[], first: bigint | null): bigint | null {
  let next = first
  for (const { eventName, args } of logs) {
    if (eventName !== 'InferenceRequested') continue
    if (next !== null && args.requestId !== next) {
      throw inconsistent(`request ${next} is missing before request ${args.requestId}`)
    }
    next = args.requestId + 1n
  }
  return next
}

/** Requests up to a block; null where the endpoint does not keep that block's state. */
export async function requestCount(
  { client, oracle }: OracleChain,
  blockNumber: bigint,
): Promise<bigint | null> {
  const question = { address: oracle, abi: inferenceOracleAbi, functionName: 'requestCount' } as const
  try {
    return await client.readContract({ ...question, blockNumber })
  } catch (error) {
    // Before the oracle was deployed, nobody had asked.
    const isAbsent =
      error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionZeroDataError)
    return isAbsent ? 0n : null
  }
}

function mayBeTooWide(error: unknown): boolean {
  return (
    error instanceof ZkserveError && (error.code === 'CHAIN_REJECTED' || error.code === 'CHAIN_UNREACHABLE')
  )
}

function inconsistent(message: string): ZkserveError {
  return new ZkserveError('CHAIN_INCONSISTENT', message)
}

/**
 * The newest checkpoint whose block the chain still has.
 * @param checkpoints newest first
 * @returns null where it has none of them
 */
export async function commonAncestor(
  chain: Pick<ChainReader, 'client'>,
  checkpoints: readonly Checkpoint[],
): Promise<Checkpoint | null> {
  for (const checkpoint of checkpoints) {
    const hash: Hex | null = await readBlockHash(chain, checkpoint.number)
    if (hash === checkpoint.hash) return checkpoint
  }
  return null
}
