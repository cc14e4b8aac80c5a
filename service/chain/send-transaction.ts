import type { Address, Hex, TransactionReceipt } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

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
}

/**
 * Sends a transaction, after a dry run that gives the contract's reason if it would fail, and waits until it is mined.
 *
 * @throws CHAIN_REJECTED with `details.reason`; CHAIN_UNREACHABLE.
 */
export async function sendTransaction(
  chain: ChainWriter,
  request: TransactionRequest,
): Promise<SentTransaction> {
  const { client, wallet, account } = chain
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
