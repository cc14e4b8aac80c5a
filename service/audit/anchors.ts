import { type Address, encodeFunctionData, type Hex } from 'viem'
import { auditAnchorAbi, auditAnchorBytecode } from '#contracts/generated/AuditAnchor.js'
import type { AuditHead } from '#service/audit/verify-chain.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { collectEvents } from '#service/chain/search-events.js'
import { sendTransaction } from '#service/chain/send-transaction.js'

/** Deploys an AuditAnchor; all accounts of a chain may share one. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function deployAnchor(chain: ChainWriter): Promise<Address> {
  return (await deployContract(chain, auditAnchorAbi, auditAnchorBytecode, [])).address
}

/**
 * Writes the head of the account's log on chain, where nobody can change it.
 * @returns hash of the transaction
 * @throws ZkserveError `CHAIN_REJECTED` where the account anchored as many records before; `CHAIN_UNREACHABLE`
 */
export async function anchorHead(
  chain: ChainWriter,
  contract: Address,
  { seq, hash }: AuditHead,
): Promise<Hex> {
  const data = encodeFunctionData({
    abi: auditAnchorAbi,
    functionName: 'anchor',
    args: [BigInt(seq), `0x${hash}`],
  })
  return (await sendTransaction(chain, { to: contract, data })).hash
}

export interface AnchorQuery {
  readonly contract: Address
  /** Account whose log it is. */
  readonly keeper: Address
  /** Block from which the chain is searched; the first by default. */
  readonly fromBlock?: bigint
}

/** All heads that an account anchored, in their order. @throws ZkserveError `CHAIN_REJECTED`, `CHAIN_UNREACHABLE` */
export async function readAnchors(
  chain: ChainReader,
  { contract: address, keeper, fromBlock = 0n }: AnchorQuery,
): Promise<AuditHead[]> {
  const filter = { address, abi: auditAnchorAbi, eventName: 'Anchored', args: { keeper } } as const
  const events = await collectEvents(
    chain,
    (range) => chain.client.getContractEvents({ ...filter, ...range, strict: true }),
    fromBlock,
  )
  return events.map(({ args: { seq, head } }) => ({ seq: Number(seq), hash: head.slice(2) }))
}
