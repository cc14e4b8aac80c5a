import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { PoolRequest } from '#service/chain/read-pool.js'
import { absentRequest } from '#service/cli/absent-request.js'
import { type ChainFlags, contractOption, readId, withChain } from '#service/cli/chain-options.js'
import { requireContract } from '#service/cli/open-chain.js'

/** Which pool. */
export interface PoolFlags extends ChainFlags {
  readonly pool: Address
}

/** Whose rewards, of when. */
export interface EpochFlags extends PoolFlags {
  readonly asker: Address
  readonly epoch: bigint
}

/** Adds the options that say which pool. */
export function withPool(command: Command): Command {
  return withChain(command).addOption(contractOption('pool', 'the ProverPool').makeOptionMandatory())
}

/** Adds the options that name an asker's rewards of one epoch. */
export function withEpoch(command: Command): Command {
  return withPool(command)
    .addOption(contractOption('asker', 'whose requests').makeOptionMandatory())
    .addOption(
      new Option('--epoch <number>', 'of the epoch, as `pool show` tells')
        .argParser(readId)
        .makeOptionMandatory(),
    )
}

/** The pool that the options name. @throws ZkserveError `CHAIN_REJECTED`, `CHAIN_UNREACHABLE` */
export function poolAt(chain: ChainReader, { pool }: PoolFlags): Promise<Address> {
  return requireContract(chain, 'ProverPool', pool)
}

/** A request that there is. @throws ZkserveError `CHAIN_REJECTED` where there is none; `CHAIN_UNREACHABLE` */
export async function poolRequestOf(
  chain: ChainReader,
  pool: Address,
  requestId: bigint,
): Promise<PoolRequest> {
  const { readPoolRequest } = await import('#service/chain/read-pool.js')
  const request = await readPoolRequest(chain, { pool, requestId })
  if (request.status !== 'none') return request
  throw absentRequest(requestId, pool)
}
