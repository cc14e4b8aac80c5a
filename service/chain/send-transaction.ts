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
 * @throws CHAIN_REJECTED with `details.reason` where it had no effect; CHAIN_UNREACHABLE where that is not known: what
 *   was sent may still be mined.
 */
export async function sendTransaction(
  sender: TransactionSender,
  request: TransactionRequest,
): Promise<SentTransaction> {
  const { client, wallet, account } = sender
  try {
    const gas = await client.estimateGas({ account, ...request })
    const hash = await handOver(wallet, { ...request, gas: (gas * 105n) / 100n })
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

/** What nodes say of a transaction that they had before: the answer to it was lost, and viem sent it again. */
const known = /already known|already imported|known transaction|already exists|nonce too low/i

async function handOver(
  wallet: TransactionSender['wallet'],
  request: TransactionRequest & { gas: bigint },
): Promise<Hex> {
  try {
    return await wallet.sendTransaction(request)
  } catch (thrown) {
    const error = toChainError(thrown)
    if (!known.test(String(error.details.reason))) throw error
    throw new ZkserveError(
      'CHAIN_UNREACHABLE',
      `the node may have the transaction already: ${error.message}`,
      {
        hints: ['Look whether it was done before you send it again.'],
        cause: thrown,
      },
    )
  }
}

/**
 * Waits, and asks anew: viem may drop the notice of the block with the transaction while it looks for the transaction,
 * and on a chain that mines on demand no other block comes.
 */
async function waitForReceipt(client: TransactionSender['client'], hash: Hex): Promise<TransactionReceipt> {
  let other: string | null = null
  const onReplaced = ({ reason }: { readonly reason: string }): void => {
    // The same with higher fees has the same effect.
    if (reason !== 'repriced') other = reason
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const timeout = polls * client.pollingInterval
      const receipt = await client.waitForTransactionReceipt({ hash, timeout, onReplaced })
      if (other === null) return receipt
      throw new ZkserveError('CHAIN_REJECTED', `another transaction took the place of ${hash}`, {
        hints: ['Whoever else sends with this key took its nonce: send it again.'],
        details: { reason: other, transaction: hash },
      })
    } catch (error) {
      if (error instanceof ZkserveError) throw error
      // A node that does not answer this question, for being asked too often, has not refused the transaction.
      const isOver = !(error instanceof WaitForTransactionReceiptTimeoutError) || attempt === attempts
      if (isOver) throw unknownFate(hash, error)
    }
  }
}

function unknownFate(hash: Hex, cause: unknown): ZkserveError {
  return new ZkserveError('CHAIN_UNREACHABLE', `transaction ${hash} was sent, and is not known to be mined`, {
    hints: ['It may still be: look what became of it before you send it again.'],
    details: { transaction: hash },
    cause,
  })
}
