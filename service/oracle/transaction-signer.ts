import { type Address, getAbiItem, type Hex, isAddressEqual, slice, toFunctionSelector } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'

/** A transaction as it is signed (EIP-1559); fees in wei for a unit of gas. */
export interface UnsignedTransaction {
  readonly type: 'eip1559'
  readonly chainId: number
  readonly nonce: number
  readonly to: Address
  readonly data: Hex
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Who signs transactions: a key in this process, or the client of a key service. */
export interface TransactionSigner {
  readonly address: Address
  signTransaction(transaction: UnsignedTransaction): Promise<Hex>
}

const allowedCalls: readonly Hex[] = (['fulfil', 'fulfilEach'] as const).map((name) =>
  toFunctionSelector(getAbiItem({ abi: inferenceOracleAbi, name })),
)

/** A signer that signs answers to one oracle on one chain, and empty transactions to itself, and nothing else. */
export function signerForOracle(
  signer: TransactionSigner,
  { chainId, oracle }: { readonly chainId: number; readonly oracle: Address },
): TransactionSigner {
  return {
    address: signer.address,
    signTransaction: async (transaction) => {
      const { to, data } = transaction
      const isAnswer =
        isAddressEqual(to, oracle) && data.length >= 10 && allowedCalls.includes(slice(data, 0, 4))
      const isEmpty = isAddressEqual(to, signer.address) && data === '0x'
      if (transaction.chainId === chainId && (isAnswer || isEmpty)) return signer.signTransaction(transaction)
      throw new ZkserveError('SIGNING_FAILED', 'only answers to the oracle are signed')
    },
  }
}
