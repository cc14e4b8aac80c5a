import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { agentIdentityRegistryAbi as abi } from '#contracts/generated/AgentIdentityRegistry.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** An agent as an Identity Registry of ERC-8004 has it. */
export interface AgentIdentity {
  readonly agentId: bigint
  readonly owner: Address
  /** Where it is paid; zero where nobody said so since its last transfer. */
  readonly wallet: Address
  /** Leads to its registration file. */
  readonly uri: string
}

/** Registers an agent of the sender's. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function registerAgent(
  chain: ChainWriter,
  { identities, uri }: { identities: Address; uri: string },
): Promise<{ readonly agentId: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi, functionName: 'register', args: [uri] })
  const transaction = await sendTransaction(chain, { to: identities, data })
  const { logs } = transaction.receipt
  const [registered] = parseEventLogs({ abi, eventName: 'Registered', logs })
  if (!registered) throw new ZkserveError('CHAIN_REJECTED', 'the registry did not record the agent')
  return { agentId: registered.args.agentId, transaction }
}

/** Reads an agent. @throws CHAIN_REJECTED (ERC721NonexistentToken), CHAIN_UNREACHABLE */
export async function readAgent(
  chain: ChainReader,
  { identities, agentId }: { identities: Address; agentId: bigint },
): Promise<AgentIdentity> {
  const registry = { address: identities, abi, args: [agentId] } as const
  try {
    const [owner, wallet, uri] = await Promise.all([
      chain.client.readContract({ ...registry, functionName: 'ownerOf' }),
      chain.client.readContract({ ...registry, functionName: 'getAgentWallet' }),
      chain.client.readContract({ ...registry, functionName: 'tokenURI' }),
    ])
    return { agentId, owner, wallet, uri }
  } catch (error) {
    throw toChainError(error)
  }
}
