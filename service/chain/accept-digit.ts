import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenDigitAbi } from '#contracts/generated/ProvenDigit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** A digit that a contract has accepted. */
export interface AcceptedDigit {
  readonly digit: number
  readonly transaction: SentTransaction
}

/**
 * Delivers a proven answer to a ProvenDigit, in about 260,000 gas.
 *
 * @throws CHAIN_REJECTED with `details.reason`: RequestNotOpen (replay), NotRequester (made for another), InvalidProof,
 *   SignalOutOfField, WrongPicture, …
 */
export async function acceptDigit(
  chain: ChainWriter,
  { provenDigit, inference }: { provenDigit: Address; inference: Inference },
): Promise<AcceptedDigit> {
  const data = encodeFunctionData({ abi: provenDigitAbi, functionName: 'accept', args: [inference] })
  const transaction = await sendTransaction(chain, { to: provenDigit, data })
  const { logs } = transaction.receipt
  const [proven] = parseEventLogs({ abi: provenDigitAbi, eventName: 'DigitProven', logs })
  if (!proven) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the digit')
  return { digit: proven.args.digit, transaction }
}
