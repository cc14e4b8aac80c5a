import { type Address, BlockNotFoundError, getAbiItem, type Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import { type ChainReader, connectChain } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { readVerifierOf } from '#service/chain/verifier-of.js'

/** An oracle on a chain, for its watcher. */
export interface OracleChain extends ChainReader {
  readonly oracle: Address
  /** Where the oracle has proofs verified, and the registry of its models. */
  readonly verifier: Address
  readonly registry: Address
}

export interface OracleChainOptions {
  readonly rpcUrl: string
  /** EIP-155 id that the chain must have. */
  readonly chainId: number
  readonly oracle: Address
  /** Longest time for one question, in ms. */
  readonly timeout?: number
}

/** A block, as far as it matters here. */
export interface BlockHead {
  readonly number: bigint
  readonly hash: Hex
  /** Seconds since 1970. */
  readonly timestamp: number
  /** In wei for a unit of gas. */
  readonly baseFee: bigint
}

/**
 * Connects to an oracle.
 * @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_INCONSISTENT` where it is another chain, `CHAIN_REJECTED` where no
 *   oracle is at the address
 */
export async function openOracleChain(options: OracleChainOptions): Promise<OracleChain> {
  const { rpcUrl, chainId, oracle: address, timeout = 10_000 } = options
  const reader = await connectChain({ rpcUrl, timeout })
  if (reader.chainId !== chainId) {
    throw new ZkserveError('CHAIN_INCONSISTENT', `the chain's id is ${reader.chainId}, not ${chainId}`, {
      hints: ['Give the id of the chain by --chain-id, or another --oracle-rpc.'],
    })
  }
  return { ...reader, oracle: address, ...(await readVerifierOf(reader, address)) }
}

/** The latest block. @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` */
export async function readHead({ client }: Pick<OracleChain, 'client'>): Promise<BlockHead> {
  const { number, hash, timestamp, baseFeePerGas } = await asked(() =>
    client.getBlock({ blockTag: 'latest' }),
  )
  return { number, hash, timestamp: Number(timestamp), baseFee: baseFeePerGas ?? 0n }
}

/** The hash of a block, null where the chain has none of this number. */
export async function readBlockHash(
  { client }: Pick<OracleChain, 'client'>,
  blockNumber: bigint,
): Promise<Hex | null> {
  try {
    return (await client.getBlock({ blockNumber })).hash
  } catch (error) {
    if (error instanceof BlockNotFoundError) return null
    throw toChainError(error)
  }
}

/** The oracle's events that a watcher follows. */
export const watchedEvents = [
  getAbiItem({ abi: inferenceOracleAbi, name: 'InferenceRequested' }),
  getAbiItem({ abi: inferenceOracleAbi, name: 'InferenceFulfilled' }),
  getAbiItem({ abi: inferenceOracleAbi, name: 'InferenceRefunded' }),
] as const
