import { type Address, encodeFunctionData, type Hex, hexToBigInt } from 'viem'
import { provenanceAbi, provenanceBytecode } from '#contracts/generated/Provenance.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { type ProvenanceRecord, recordId, statementOf, typedDataOf } from '#service/provenance/record.js'

/** A record and its issuer's signature. */
export interface SignedRecord {
  readonly record: ProvenanceRecord
  readonly signature: Hex
}

/** What an issuer says; the rest of a record follows. */
export type Statement = Omit<ProvenanceRecord, 'issuer' | 'issuedAt'>

/** Deploys a Provenance; all of a chain may share one. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployProvenance(chain: ChainWriter): Promise<DeployedContract> {
  return deployContract(chain, provenanceAbi, provenanceBytecode, [])
}

/** Signs a statement with the account's key. Nothing is sent. @throws CHAIN_UNREACHABLE */
export async function signRecord(
  chain: ChainWriter,
  contract: Address,
  statement: Statement,
): Promise<SignedRecord> {
  const links = statement.links.toSorted((left, right) => (hexToBigInt(left) < hexToBigInt(right) ? -1 : 1))
  const issuer = chain.account.address
  const record = { ...statement, links, issuer, issuedAt: await timeOfIssue(chain) }
  const data = typedDataOf(record, { chainId: chain.chainId, contract })
  return { record, signature: await chain.wallet.signTypedData({ account: chain.account, ...data }) }
}

/** Now, but never after the chain's own time, which the contract would refuse. */
async function timeOfIssue({ client }: ChainReader): Promise<number> {
  try {
    const { timestamp } = await client.getBlock({ blockTag: 'latest' })
    return Math.min(Math.floor(Date.now() / 1000), Number(timestamp))
  } catch (error) {
    throw toChainError(error)
  }
}

/**
 * Submits a signed record, whoever signed it, in about 250,000 gas.
 * @throws CHAIN_REJECTED with `details.reason`: SignatureInvalid, AlreadyRecorded, RecordNotFound (a link), LinkRevoked, …
 */
export async function submitRecord(
  chain: ChainWriter,
  contract: Address,
  { record, signature }: SignedRecord,
): Promise<{ readonly id: Hex; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({
    abi: provenanceAbi,
    functionName: 'record',
    args: [statementOf(record), signature],
  })
  return { id: recordId(record), transaction: await sendTransaction(chain, { to: contract, data }) }
}

/** Takes a record of the account back. @throws CHAIN_REJECTED: NotIssuer, AlreadyRevoked, RecordNotFound */
export function revokeRecord(chain: ChainWriter, contract: Address, id: Hex): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi: provenanceAbi, functionName: 'revoke', args: [id] })
  return sendTransaction(chain, { to: contract, data })
}
