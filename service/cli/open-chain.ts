import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import type { SharedContract } from '#service/chain/deploy-shared-contracts.js'
import { type ChainFlags, keyVariable, type Moment } from '#service/cli/chain-options.js'
import { takePrivateKey } from '#service/cli/private-key.js'

/**
 * The chain that the options name, to read.
 *
 * @throws ZkserveError `CHAIN_INCONSISTENT` where it is another than `--chain-id`; `CHAIN_UNREACHABLE`, `USAGE`
 */
export async function openChain(flags: ChainFlags): Promise<ChainReader> {
  const { connectChain } = await import('#service/chain/connect-chain.js')
  return demanded(await connectChain({ rpcUrl: flags.rpc }), flags)
}

/**
 * The same, to write in the name of the account whose key is in the environment, which is taken out of it.
 *
 * @throws ZkserveError as {@link openChain}, and `USAGE` without a key
 */
export async function openToWrite(flags: ChainFlags): Promise<ChainWriter> {
  const privateKey = takePrivateKey(keyVariable, process.env)
  const { connectChain } = await import('#service/chain/connect-chain.js')
  return demanded(await connectChain({ rpcUrl: flags.rpc, privateKey }), flags)
}

/**
 * A contract: the given one, or the one that serves all of a chain.
 *
 * @throws ZkserveError `CHAIN_REJECTED` where there is no contract; `CHAIN_UNREACHABLE`
 */
export async function contractAt(
  chain: ChainReader,
  name: SharedContract,
  given: Address | undefined,
): Promise<Address> {
  if (given !== undefined) return requireContract(chain, name, given)
  const { sharedContracts } = await import('#contracts/generated/shared-contracts.js')
  const hints = ['`zkserve contracts deploy` deploys it; or name the one that you use by its option.']
  return requireContract(chain, name, sharedContracts[name].address, hints)
}

/** @throws ZkserveError `CHAIN_REJECTED` where there is no contract at the address; `CHAIN_UNREACHABLE` */
export async function requireContract(
  { client, chainId }: ChainReader,
  name: string,
  address: Address,
  hints: readonly string[] = ['Check the address, and that the endpoint is of the right chain.'],
): Promise<Address> {
  const { toChainError } = await import('#service/chain/to-chain-error.js')
  const code = await client.getCode({ address }).catch((error: unknown) => {
    throw toChainError(error)
  })
  if (code !== undefined) return address
  const message = `there is no ${name} at ${address} on chain ${chainId}`
  throw new ZkserveError('CHAIN_REJECTED', message, { hints, details: { reason: 'NoContract', address } })
}

/** Seconds since 1970 of a time that was given, by the chain's latest block. @throws ZkserveError `CHAIN_UNREACHABLE` */
export async function secondsOf(chain: ChainReader, moment: Moment): Promise<number> {
  return 'at' in moment ? moment.at : (await chainTime(chain)) + moment.in
}

/** The chain's present: seconds since 1970 of its latest block. @throws ZkserveError `CHAIN_UNREACHABLE` */
export async function chainTime({ client }: ChainReader): Promise<number> {
  const { toChainError } = await import('#service/chain/to-chain-error.js')
  const { timestamp } = await client.getBlock().catch((error: unknown) => {
    throw toChainError(error)
  })
  return Number(timestamp)
}

function demanded<Chain extends ChainReader>(chain: Chain, { chainId, fromBlock }: ChainFlags): Chain {
  if (chainId === undefined || chainId === chain.chainId)
    return fromBlock === undefined ? chain : { ...chain, eventsFrom: BigInt(fromBlock) }
  throw new ZkserveError('CHAIN_INCONSISTENT', `the endpoint is of chain ${chain.chainId}, not of ${chainId}`)
}
