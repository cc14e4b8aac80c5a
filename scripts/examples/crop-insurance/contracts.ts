import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { cropInsuranceAbi, cropInsuranceBytecode } from '#contracts/generated/CropInsurance.js'
import { wrappedEtherAbi } from '#contracts/generated/WrappedEther.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Where a season's insurance stands, and what it pays in. */
export interface Insurance {
  readonly insurance: Address
  readonly asset: Address
}

/** The contract's struct `Terms`; times in seconds since 1970. */
export interface Terms {
  readonly modelId: bigint
  readonly version: number
  /** Least integer of the model's first output that is paid. */
  readonly threshold: number
  /** In parts of 10,000 of the coverage. */
  readonly premiumRate: number
  readonly salesEnd: number
  readonly seasonStart: number
  readonly seasonEnd: number
  readonly claimsEnd: number
  readonly station: Address
}

/** The contract's enum `Status`, in its order. */
const statuses = ['none', 'active', 'claimed', 'paid', 'declined', 'expired', 'void'] as const

export type PolicyStatus = (typeof statuses)[number]

/** Deploys the insurance of one season. @throws CHAIN_REJECTED (TermsInvalid), CHAIN_UNREACHABLE */
export function deployInsurance(
  chain: ChainWriter,
  { asset, oracle, terms }: { asset: Address; oracle: Address; terms: Terms },
): Promise<DeployedContract> {
  return deployContract(chain, cropInsuranceAbi, cropInsuranceBytecode, [asset, oracle, terms])
}

/** Wraps so many wei of the sender's and lets the insurance take them. */
export async function wrapEther(
  chain: ChainWriter,
  { asset, insurance }: Insurance,
  value: bigint,
): Promise<void> {
  const wrap = encodeFunctionData({ abi: wrappedEtherAbi, functionName: 'deposit' })
  await sendTransaction(chain, { to: asset, data: wrap, value })
  const args = [insurance, value] as const
  const data = encodeFunctionData({ abi: wrappedEtherAbi, functionName: 'approve', args })
  await sendTransaction(chain, { to: asset, data })
}

/** Puts money into the pool, for shares. @throws CHAIN_REJECTED (ERC4626ExceededMaxDeposit) when sales have ended */
export function provide(chain: ChainWriter, { insurance }: Insurance, amount: bigint) {
  const args = [amount, chain.account.address] as const
  const data = encodeFunctionData({ abi: cropInsuranceAbi, functionName: 'deposit', args })
  return sendTransaction(chain, { to: insurance, data })
}

/** Redeems all shares of the sender's for their part of the pool. */
export async function leave(chain: ChainWriter, { insurance }: Insurance): Promise<SentTransaction> {
  const { address } = chain.account
  const shares = await chain.client.readContract({
    address: insurance,
    abi: cropInsuranceAbi,
    functionName: 'balanceOf',
    args: [address],
  })
  const args = [shares, address, address] as const
  const data = encodeFunctionData({ abi: cropInsuranceAbi, functionName: 'redeem', args })
  return sendTransaction(chain, { to: insurance, data })
}

/** Buys a policy on a plot. @throws CHAIN_REJECTED: CoverageNotAvailable, SalesClosed, VersionRevoked */
export async function buyPolicy(
  chain: ChainWriter,
  { insurance }: Insurance,
  { coverage, plot }: { coverage: bigint; plot: Hex },
): Promise<{ readonly policyId: bigint; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: cropInsuranceAbi, functionName: 'buy', args: [coverage, plot] })
  const transaction = await sendTransaction(chain, { to: insurance, data })
  const { logs } = transaction.receipt
  const [bought] = parseEventLogs({ abi: cropInsuranceAbi, eventName: 'PolicyBought', logs })
  if (!bought) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the policy')
  return { policyId: bought.args.policyId, transaction }
}

/** A policy's season, as a farmer hands it in. */
export interface Claim {
  readonly policyId: bigint
  readonly input: readonly bigint[]
  /** The station's. */
  readonly signature: Hex
  /** Last second at which an answer is awaited. */
  readonly deadline: number
  /** For whoever proves the answer, in wei. */
  readonly fee: bigint
}

/** Has the oracle asked. @throws CHAIN_REJECTED: NotAttested, NotHolder, PolicyNotReady, OutsideClaimPeriod, … */
export async function claimPolicy(
  chain: ChainWriter,
  { insurance }: Insurance,
  { policyId, input, signature, deadline, fee }: Claim,
): Promise<{ readonly requestId: bigint; readonly transaction: SentTransaction }> {
  const args = [policyId, input, signature, deadline] as const
  const data = encodeFunctionData({ abi: cropInsuranceAbi, functionName: 'claim', args })
  const transaction = await sendTransaction(chain, { to: insurance, data, value: fee })
  const { logs } = transaction.receipt
  const [claimed] = parseEventLogs({ abi: cropInsuranceAbi, eventName: 'PolicyClaimed', logs })
  if (!claimed) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the claim')
  return { requestId: claimed.args.requestId, transaction }
}

/** Takes out what the sender was paid. @throws CHAIN_REJECTED (NothingToCollect) */
export function collect(chain: ChainWriter, { insurance }: Insurance): Promise<SentTransaction> {
  const args = [chain.account.address] as const
  const data = encodeFunctionData({ abi: cropInsuranceAbi, functionName: 'collect', args })
  return sendTransaction(chain, { to: insurance, data })
}

export async function policyStatus(
  chain: ChainReader,
  { insurance }: Insurance,
  policyId: bigint,
): Promise<PolicyStatus> {
  const address = insurance
  const args = [policyId] as const
  const policy = await chain.client.readContract({
    ...{ address, abi: cropInsuranceAbi, functionName: 'getPolicy', args },
  })
  return statuses[policy.status]!
}

/** What an account holds of the asset. */
export function balanceOf(chain: ChainReader, { asset }: Insurance, account: Address): Promise<bigint> {
  const args = [account] as const
  return chain.client.readContract({ address: asset, abi: wrappedEtherAbi, functionName: 'balanceOf', args })
}
