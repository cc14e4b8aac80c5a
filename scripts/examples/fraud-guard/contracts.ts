import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { guardedPaymentsAbi, guardedPaymentsBytecode } from '#contracts/generated/GuardedPayments.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** The contract's struct `Terms`. */
export interface PaymentTerms {
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  /** Least integer of the model's first output that is suspicious. */
  readonly threshold: number
  /** In seconds. */
  readonly delay: number
  /** In wei. */
  readonly unit: bigint
}

const statuses = ['none', 'pending', 'held', 'released', 'taken back'] as const

export type PaymentStatus = (typeof statuses)[number]

/** Deploys a GuardedPayments. @throws CHAIN_REJECTED (TermsInvalid), CHAIN_UNREACHABLE */
export function deployPayments(chain: ChainWriter, terms: PaymentTerms): Promise<DeployedContract> {
  return deployContract(chain, guardedPaymentsAbi, guardedPaymentsBytecode, [terms])
}

/** Opens the sender's account. @param value in wei */
export function openAccount(owner: ChainWriter, payments: Address, spender: Address, value: bigint) {
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'open', args: [spender] })
  return sendTransaction(owner, { to: payments, data, value })
}

export function setSpender(owner: ChainWriter, payments: Address, spender: Address) {
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'setSpender', args: [spender] })
  return sendTransaction(owner, { to: payments, data })
}

/** Pays from an account as its spender. @throws CHAIN_REJECTED: NotSpender, AmountInvalid */
export async function payFrom(
  spender: ChainWriter,
  payments: Address,
  { owner, payee, amount }: { readonly owner: Address; readonly payee: Address; readonly amount: bigint },
): Promise<{ readonly paymentId: bigint; readonly transaction: SentTransaction }> {
  const args = [owner, payee, amount] as const
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'pay', args })
  const transaction = await sendTransaction(spender, { to: payments, data })
  const { logs } = transaction.receipt
  const [made] = parseEventLogs({ abi: guardedPaymentsAbi, eventName: 'PaymentMade', logs })
  if (!made) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the payment')
  return { paymentId: made.args.paymentId, transaction }
}

/** Hands in a proven score. @throws CHAIN_REJECTED: PaymentNotReady, StaleFeatures, InvalidProof, … */
export function settlePayment(chain: ChainWriter, payments: Address, inference: Inference) {
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'settle', args: [inference] })
  return sendTransaction(chain, { to: payments, data })
}

/** As the payment's owner. @throws CHAIN_REJECTED: NotOwner, PaymentNotReady */
export function confirmPayment(owner: ChainWriter, payments: Address, paymentId: bigint) {
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'confirm', args: [paymentId] })
  return sendTransaction(owner, { to: payments, data })
}

/** As the payment's owner. @throws CHAIN_REJECTED: NotOwner, PaymentNotReady, TooEarly */
export function takeBackPayment(owner: ChainWriter, payments: Address, paymentId: bigint) {
  const data = encodeFunctionData({ abi: guardedPaymentsAbi, functionName: 'takeBack', args: [paymentId] })
  return sendTransaction(owner, { to: payments, data })
}

/** The word that the model is asked about, as it is now. */
export function readFeatures({ client }: ChainReader, payments: Address, paymentId: bigint): Promise<bigint> {
  const call = { address: payments, abi: guardedPaymentsAbi, args: [paymentId] } as const
  return client.readContract({ ...call, functionName: 'featuresOf' })
}

export async function paymentStatus(
  { client }: ChainReader,
  payments: Address,
  paymentId: bigint,
): Promise<PaymentStatus> {
  const call = { address: payments, abi: guardedPaymentsAbi, args: [paymentId] } as const
  const { status } = await client.readContract({ ...call, functionName: 'getPayment' })
  return statuses[status]!
}
