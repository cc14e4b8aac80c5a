import { type Address, encodeFunctionData, type Hex, parseEventLogs, zeroHash } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenDigitAbi } from '#contracts/generated/ProvenDigit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** A request as it stands on chain: prove for `requester` = the contract and this nonce. */
export interface RequestedDigit {
  readonly nonce: bigint
  readonly transaction: SentTransaction
}

/**
 * Asks a ProvenDigit for a classification.
 *
 * @param inputCommitment the picture asked about; any picture will do by default.
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function requestDigit(
  chain: ChainWriter,
  { provenDigit, inputCommitment = zeroHash }: { provenDigit: Address; inputCommitment?: Hex },
): Promise<RequestedDigit> {
  const data = encodeFunctionData({ abi: provenDigitAbi, functionName: 'request', args: [inputCommitment] })
  const transaction = await sendTransaction(chain, { to: provenDigit, data })
  const { logs } = transaction.receipt
  const [requested] = parseEventLogs({ abi: provenDigitAbi, eventName: 'DigitRequested', logs })
  if (!requested) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the request')
  return { nonce: requested.args.nonce, transaction }
}
