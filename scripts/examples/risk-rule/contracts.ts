import { type Address, encodeFunctionData, erc20Abi, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { guardedVaultAbi, guardedVaultBytecode } from '#contracts/generated/GuardedVault.js'
import { simulatedStrategyAbi, simulatedStrategyBytecode } from '#contracts/generated/SimulatedStrategy.js'
import { transferTokens } from '#scripts/examples/transfer-tokens.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** The contract's struct `Limits`: shares in ten-thousandths, times in seconds. */
export interface VaultLimits {
  readonly move: number
  readonly day: number
  readonly share: number
  readonly reserve: number
  readonly drawdown: number
  readonly band: number
  readonly slippage: number
  readonly cooldown: number
  readonly interval: number
  readonly rest: number
  readonly callGas: number
}

/** The contract's struct `Terms`. */
export interface VaultTerms {
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  /** The integer output that stands for the whole. */
  readonly one: number
  readonly limits: VaultLimits
}

/** A move that the vault made. */
export interface Move {
  readonly strategy: number
  readonly into: boolean
  /** In units of the asset. */
  readonly amount: bigint
  readonly transaction: SentTransaction
}

/** Deploys a GuardedVault. @throws CHAIN_REJECTED (TermsInvalid), CHAIN_UNREACHABLE */
export function deployVault(
  chain: ChainWriter,
  asset: Address,
  strategies: readonly Address[],
  terms: VaultTerms,
): Promise<DeployedContract> {
  const args = ['Guarded vault', 'GUARD', asset, strategies, terms]
  return deployContract(chain, guardedVaultAbi, guardedVaultBytecode, args)
}

/** Deploys a strategy whose losses the deployer makes. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployStrategy(chain: ChainWriter, asset: Address): Promise<DeployedContract> {
  const args = [asset, chain.account.address]
  return deployContract(chain, simulatedStrategyAbi, simulatedStrategyBytecode, args)
}

/** Deposits into an ERC-4626 vault, which may take just that. @throws CHAIN_REJECTED: ERC4626ExceededMaxDeposit, … */
export async function depositInto(
  owner: ChainWriter,
  vault: Address,
  asset: Address,
  amount: bigint,
): Promise<SentTransaction> {
  const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [vault, amount] })
  await sendTransaction(owner, { to: asset, data: approval })
  const args = [amount, owner.account.address] as const
  const data = encodeFunctionData({ abi: guardedVaultAbi, functionName: 'deposit', args })
  return sendTransaction(owner, { to: vault, data })
}

/** Redeems all shares of the sender. @throws CHAIN_REJECTED */
export async function redeemAll(owner: ChainWriter, vault: Address): Promise<SentTransaction> {
  const account = owner.account.address
  const call = { address: vault, abi: guardedVaultAbi } as const
  const shares = await owner.client.readContract({ ...call, functionName: 'balanceOf', args: [account] })
  const args = [shares, account, account] as const
  const data = encodeFunctionData({ abi: guardedVaultAbi, functionName: 'redeem', args })
  return sendTransaction(owner, { to: vault, data })
}

/** Observes the strategies' prices. @throws CHAIN_REJECTED (TooEarly) */
export function observePrices(chain: ChainWriter, vault: Address): Promise<SentTransaction> {
  return sendTransaction(chain, {
    to: vault,
    data: encodeFunctionData({ abi: guardedVaultAbi, functionName: 'observe' }),
  })
}

/** Hands in a proven proposal. @throws CHAIN_REJECTED: StaleRound, StaleFeatures, TooEarly, NothingToMove, … */
export async function executeProposal(
  chain: ChainWriter,
  vault: Address,
  inference: Inference,
): Promise<Move> {
  const data = encodeFunctionData({ abi: guardedVaultAbi, functionName: 'execute', args: [inference] })
  return moveOf(await sendTransaction(chain, { to: vault, data }))
}

/** Moves money out of a strategy of a stopped vault. @throws CHAIN_REJECTED: NotStopped, TooEarly, … */
export async function retreatFrom(chain: ChainWriter, vault: Address, strategy: number): Promise<Move> {
  const args = [BigInt(strategy)] as const
  const data = encodeFunctionData({ abi: guardedVaultAbi, functionName: 'retreat', args })
  return moveOf(await sendTransaction(chain, { to: vault, data }))
}

/** Makes a gain or a loss of all holders of a strategy, as its market. @param change in ten-thousandths */
export async function changePrice(
  market: ChainWriter,
  strategy: Address,
  asset: Address,
  change: number,
): Promise<void> {
  const call = { address: strategy, abi: simulatedStrategyAbi } as const
  const held = await market.client.readContract({ ...call, functionName: 'totalAssets' })
  const amount = (held * BigInt(Math.abs(change))) / 10_000n
  if (change >= 0) {
    await transferTokens(market, asset, strategy, amount)
    return
  }
  const data = encodeFunctionData({ abi: simulatedStrategyAbi, functionName: 'lose', args: [amount] })
  await sendTransaction(market, { to: strategy, data })
}

/** The word that the model is asked about now, and the nonce of proofs. @throws CHAIN_REJECTED (HistoryTooShort) */
export async function readQuestion(
  { client }: ChainReader,
  vault: Address,
): Promise<{ readonly features: bigint; readonly round: bigint }> {
  const call = { address: vault, abi: guardedVaultAbi } as const
  const features = await client.readContract({ ...call, functionName: 'features' })
  return { features, round: await client.readContract({ ...call, functionName: 'round' }) }
}

/** Whether the vault is stopped, and what it has, in units of the asset. */
export async function readVault(
  { client }: ChainReader,
  vault: Address,
): Promise<{ readonly isStopped: boolean; readonly total: bigint }> {
  const call = { address: vault, abi: guardedVaultAbi } as const
  const until = await client.readContract({ ...call, functionName: 'stoppedUntil' })
  return {
    isStopped: until !== 0n,
    total: await client.readContract({ ...call, functionName: 'totalAssets' }),
  }
}

function moveOf(transaction: SentTransaction): Move {
  const { logs } = transaction.receipt
  const [moved] = parseEventLogs({ abi: guardedVaultAbi, eventName: 'Moved', logs })
  if (moved) {
    const { strategy, into, amount } = moved.args
    return { strategy: Number(strategy), into, amount, transaction }
  }
  const [failed] = parseEventLogs({ abi: guardedVaultAbi, eventName: 'Failed', logs })
  const message = failed ? `strategy ${failed.args.strategy} failed its move` : 'the vault recorded no move'
  throw new ZkserveError('CHAIN_REJECTED', message, {
    hints: ['The vault keeps what it had, and leaves a strategy that failed out of moves for an interval.'],
    details: { reason: failed ? 'Failed' : 'NotRecorded' },
  })
}
