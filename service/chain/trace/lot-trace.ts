/** What makers, custodians and loggers' makers do with a LotTrace, in TypeScript. */
import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { lotTraceAbi, lotTraceBytecode } from '#contracts/generated/LotTrace.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import type { LotTerms } from '#service/chain/trace/trace-hash.js'

/** In the order of the contract's enum `Status`. */
export const lotStatuses = ['none', 'open', 'delivered', 'spoiled'] as const

export type LotStatus = (typeof lotStatuses)[number]

/** A lot as it stands; all zero where the status is `none`. */
export interface Lot {
  readonly status: LotStatus
  readonly maker: Address
  readonly custodian: Address
  /** Zero for nobody. */
  readonly offeredTo: Address
  readonly modelId: bigint
  readonly version: number
  readonly state: number
  readonly spoiledAt: number
  readonly steps: number
  /** Up to when its time is traced, in seconds since 1970. */
  readonly until: number
  readonly recalled: boolean
  /** The nonce of the next step's proof. */
  readonly head: Hex
}

/** The contract's struct `Step`. */
export interface TraceStep {
  /** When the readings end, in seconds since 1970. */
  readonly until: number
  readonly logger: Address
  readonly signature: Hex
  /** Proven for the contract and the lot's head as nonce. */
  readonly inference: Inference
}

/** @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployLotTrace(chain: ChainWriter, verifier: Address): Promise<DeployedContract> {
  return deployContract(chain, lotTraceAbi, lotTraceBytecode, [verifier])
}

/** Opens a lot in the sender's custody. @throws CHAIN_REJECTED (TermsInvalid), CHAIN_UNREACHABLE */
export async function openLot(
  maker: ChainWriter,
  contract: Address,
  { terms, loggers }: { readonly terms: LotTerms; readonly loggers: readonly Address[] },
): Promise<{ readonly lotId: bigint; readonly head: Hex; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'open', args: [terms, loggers] })
  const transaction = await sendTransaction(maker, { to: contract, data })
  const { logs } = transaction.receipt
  const [opened] = parseEventLogs({ abi: lotTraceAbi, eventName: 'LotOpened', logs })
  if (!opened) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the lot')
  const { lotId, head } = opened.args
  return { lotId, head, transaction }
}

/** As the lot's custodian. @throws CHAIN_REJECTED: StepMisplaced, StateMismatch, InvalidProof, …; CHAIN_UNREACHABLE */
export function appendStep(custodian: ChainWriter, contract: Address, lotId: bigint, step: TraceStep) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'append', args: [lotId, step] })
  return sendTransaction(custodian, { to: contract, data })
}

/** Several steps with one pairing check. @throws CHAIN_REJECTED: BatchInvalid, …; CHAIN_UNREACHABLE */
export function appendSteps(
  custodian: ChainWriter,
  contract: Address,
  lotId: bigint,
  steps: readonly TraceStep[],
) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'appendBatch', args: [lotId, steps] })
  return sendTransaction(custodian, { to: contract, data })
}

/** As the lot's custodian. @throws CHAIN_REJECTED: NotCustodian, TraceBehind, …; CHAIN_UNREACHABLE */
export function offerLot(custodian: ChainWriter, contract: Address, lotId: bigint, to: Address) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'offer', args: [lotId, to] })
  return sendTransaction(custodian, { to: contract, data })
}

/** Takes over a lot as it stands at `head`. @throws CHAIN_REJECTED: NotOffered, HeadChanged, …; CHAIN_UNREACHABLE */
export function acceptLot(receiver: ChainWriter, contract: Address, lotId: bigint, head: Hex) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'accept', args: [lotId, head] })
  return sendTransaction(receiver, { to: contract, data })
}

/** As the lot's custodian. @throws CHAIN_REJECTED: Recalled, TraceBehind, …; CHAIN_UNREACHABLE */
export function deliverLot(custodian: ChainWriter, contract: Address, lotId: bigint) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'deliver', args: [lotId] })
  return sendTransaction(custodian, { to: contract, data })
}

/** As the lot's maker. @throws CHAIN_REJECTED: NotMaker, Recalled; CHAIN_UNREACHABLE */
export function recallLot(maker: ChainWriter, contract: Address, lotId: bigint, reason: Hex) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'recall', args: [lotId, reason] })
  return sendTransaction(maker, { to: contract, data })
}

/** As the lot's maker. @throws CHAIN_REJECTED: NotMaker, LoggerNotAllowed; CHAIN_UNREACHABLE */
export function revokeLogger(maker: ChainWriter, contract: Address, lotId: bigint, logger: Address) {
  const data = encodeFunctionData({ abi: lotTraceAbi, functionName: 'revokeLogger', args: [lotId, logger] })
  return sendTransaction(maker, { to: contract, data })
}

/** Reads where a lot stands. @throws CHAIN_REJECTED where there is no LotTrace, CHAIN_UNREACHABLE */
export async function readLot({ client }: ChainReader, contract: Address, lotId: bigint): Promise<Lot> {
  const call = { address: contract, abi: lotTraceAbi, args: [lotId] } as const
  try {
    const [lot, head] = await Promise.all([
      client.readContract({ ...call, functionName: 'getLot' }),
      client.readContract({ ...call, functionName: 'headOf' }),
    ])
    return { ...lot, status: lotStatuses[lot.status]!, head }
  } catch (error) {
    throw toChainError(error)
  }
}
