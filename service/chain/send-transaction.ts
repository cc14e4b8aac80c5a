import {
  type Account,
  type Address,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** Who sends transactions, as viem has it: a wallet with its account and chain, whatever its transport. */
export interface TransactionSender {
  readonly client: Pick<PublicClient, 'estimateGas' | 'waitForTransactionReceipt' | 'pollingInterval'>
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
    const receipt = await waitForReceipt(client, hash)
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

/** How often the receipt is waited for, and how many polls each time. */
const [attempts, polls] = [5, 100]

/**
 * Waits, and asks anew: viem may drop the notice of the block with the transaction while it looks for the transaction,
 * and on a chain that mines on demand no other block comes.
 */
async function waitForReceipt(client: TransactionSender['client'], hash: Hex): Promise<TransactionReceipt> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.waitForTransactionReceipt({ hash, timeout: polls * client.pollingInterval })
    } catch (error) {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError) || attempt === attempts) throw error
    }
  }
}
