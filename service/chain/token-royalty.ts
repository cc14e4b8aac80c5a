import { type Address, encodeFunctionData, zeroAddress } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Registries of models and of datasets set royalties alike (IHolderRoyalty). */
const abi = modelRegistryAbi

/** What the holder of a model or a dataset gets of what its use is paid (ERC-2981). */
export interface TokenRoyalty {
  /** Null for no royalty. */
  readonly receiver: Address | null
  /** In hundredths of a percent, at most 5,000. */
  readonly bps: number
}

interface Token {
  readonly registry: Address
  readonly tokenId: bigint
}

/** @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readRoyalty(chain: ChainReader, { registry, tokenId }: Token): Promise<TokenRoyalty> {
  const call = { address: registry, abi, functionName: 'royaltyInfo', args: [tokenId, 10_000n] } as const
  const [receiver, amount] = await asked(() => chain.client.readContract(call))
  return { receiver: receiver === zeroAddress ? null : receiver, bps: Number(amount) }
}

/** @throws CHAIN_REJECTED with `details.reason` NotHolder, RoyaltyTooHigh; CHAIN_UNREACHABLE */
export function setRoyalty(
  chain: ChainWriter,
  { registry, tokenId, receiver, bps }: Token & TokenRoyalty,
): Promise<SentTransaction> {
  const args = [tokenId, receiver ?? zeroAddress, bps] as const
  const data = encodeFunctionData({ abi, functionName: 'setRoyalty', args })
  return sendTransaction(chain, { to: registry, data })
}
