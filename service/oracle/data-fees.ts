import {
  type Address,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseAbi,
  serializeTransaction,
  type TransactionReceipt,
  toHex,
} from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import type { ProofWords } from '#service/chain/encode-proof-calldata.js'
import type { OracleChain } from '#service/oracle/oracle-chain.js'
import type { UnsignedTransaction } from '#service/oracle/transaction-signer.js'

/** Where chains of the OP stack have it. */
const gasPriceOracle = '0x420000000000000000000000000000000000000F'
const gasPriceOracleAbi = parseAbi(['function getL1Fee(bytes data) view returns (uint256)'])

/**
 * What a chain charges beside gas for the data of a transaction. Those of the OP stack do, and have a contract that
 * tells the fee at an address that they keep for it (`GasPriceOracle.getL1Fee`); elsewhere it is 0. Arbitrum counts it
 * in gas, and so do its estimates.
 */
export class DataFees {
  readonly #chain: Pick<OracleChain, 'client' | 'chainId' | 'oracle'>
  /** Whether the chain charges: false where nothing is at the address. */
  #isCharged: boolean | null = null
  /** Of answers with so many public signals, at one block. */
  #expected = { block: -1n, bySignals: new Map<number, bigint>() }

  constructor(chain: Pick<OracleChain, 'client' | 'chainId' | 'oracle'>) {
    this.#chain = chain
  }

  /** The fee of a transaction, in wei. @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` */
  async of({
    to,
    data,
    gas,
    maxFeePerGas,
  }: Pick<UnsignedTransaction, 'to' | 'data' | 'gas' | 'maxFeePerGas'>): Promise<bigint> {
    if (!(await this.#charges())) return 0n
    const { client, chainId } = this.#chain
    const unsigned = serializeTransaction({
      ...{ type: 'eip1559', chainId, to, data, gas, maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas },
      // A long one: fees go by the length.
      nonce: 2 ** 24,
    })
    return asked(() =>
      client.readContract({
        ...{ address: gasPriceOracle, abi: gasPriceOracleAbi, functionName: 'getL1Fee', args: [unsigned] },
      }),
    )
  }

  /** The fee of an answer that is not proven yet, in wei. @param block for which it holds */
  async ofAnswer(signals: number, block: bigint): Promise<bigint> {
    if (this.#expected.block !== block) this.#expected = { block, bySignals: new Map() }
    const { bySignals } = this.#expected
    const known = bySignals.get(signals)
    if (known !== undefined) return known
    const { oracle: to } = this.#chain
    const fee = await this.of({ to, data: answerLike(signals, to), gas: 2n ** 24n, maxFeePerGas: 2n ** 40n })
    bySignals.set(signals, fee)
    return fee
  }

  async #charges(): Promise<boolean> {
    const { client } = this.#chain
    this.#isCharged ??= (await asked(() => client.getCode({ address: gasPriceOracle }))) !== undefined
    return this.#isCharged
  }
}

/** Calldata as long as an answer's, of words that cannot be compressed: fees go by the compressed length. */
function answerLike(signals: number, payee: Address): Hex {
  const word = (index: number) => BigInt(keccak256(toHex(index)))
  const proof = Array.from({ length: 8 }, (_, i) => word(i)) as unknown as ProofWords
  const statement = Array.from({ length: signals - 1 }, (_, i) => word(8 + i))
  const answer = { requestId: 2n ** 32n, payee, fee: 2n ** 64n, proof, statement }
  return encodeFunctionData({ abi: inferenceOracleAbi, functionName: 'fulfil', args: [answer] })
}

/** What a transaction cost, in wei: gas, and the fee for its data where its receipt has one (`l1Fee`, of the OP stack). */
export function costOf(receipt: TransactionReceipt): bigint {
  const { l1Fee } = receipt as TransactionReceipt & { readonly l1Fee?: Hex | null }
  return receipt.gasUsed * receipt.effectiveGasPrice + BigInt(l1Fee ?? 0)
}
