import type { Account, Address, Hex, PublicClient, TransactionReceipt } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** Who sends transactions, as viem has it: a wallet with its account and chain, whatever its transport. */
export interface TransactionSender {
  readonly client: Pick<PublicClient, 'estimateGas' | 'waitForTransactionReceipt'>
  readonly wallet: { sendTransaction(request: TransactionRequest & { gas: bigint }): Promise<Hex> }
  readonly account: Account
}

/** What became of a transaction. */
export interface SentTransaction {
  readonly hash: Hex
  readonly blockNumber: bigint
  /** Gas used in all, the 21,000 of the transaction and calldata included. */
  readonly gasUsed: bigint
  readonly receipt: TransactionReceipt
}

/** A call, or a deployment where there is no address. */
export interface TransactionRequest {
  readonly to?: Address
  readonly data: Hex
  /** In wei; none by default. */
  readonly value?: bigint
}

/**
 * Sends a transaction, after a dry run that gives the contract's reason if it would fail, and waits until it is mined.
 *
 * @throws CHAIN_REJECTED with `details.reason`; CHAIN_UNREACHABLE.
 */
export async function sendTransaction(
  sender: TransactionSender,
  request: TransactionRequest,
): Promise<SentTransaction> {
  const { client, wallet, account } = sender
  try {
    const gas = await client.estimateGas({ account, ...request })
    const hash = await wallet.sendTransaction({ ...request, gas: (gas * 105n) / 100n })
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') {
      throw new ZkserveError('CHAIN_REJECTED', `transaction ${hash} was reverted`, {
        details: { reason: 'reverted' },
      })
    }
    return { hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed, receipt }
  } catch (error) {
    throw toChainError(error)
  }
}
