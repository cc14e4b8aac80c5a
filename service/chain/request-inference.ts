import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** What an InferenceOracle is asked. */
export interface Question {
  readonly oracle: Address
  readonly modelId: bigint
  /** The current version by default, which is pinned then and there. */
  readonly version?: number
  /** The public signals that stand for the input: one commitment, or the packed inputs. */
  readonly input: readonly bigint[]
  /** What is escrowed, in wei. */
  readonly maxFee: bigint
  /** Last second, since 1970, at which an answer is accepted. */
  readonly deadline: number
  /** Gas for `onInference` of the sender; none by default, as accounts without code need. */
  readonly callbackGas?: number
  /** For provers: what they need to know the input behind a commitment. It is public. */
  readonly data?: Hex
}

/** A request as it stands on chain. */
export interface RequestedInference {
  readonly requestId: bigint
  readonly version: number
  /** The most that the model's holder gets of the fee, in hundredths of a percent. */
  readonly royaltyBps: number
  readonly transaction: SentTransaction
}

/**
 * Asks an InferenceOracle and escrows the fee.
 *
 * @throws CHAIN_REJECTED with `details.reason`: VersionNotUsable, DeadlineInvalid, InputLengthWrong, ValueTooLarge;
 *   CHAIN_UNREACHABLE
 */
export async function requestInference(chain: ChainWriter, question: Question): Promise<RequestedInference> {
  const {
    oracle,
    modelId,
    version = 0,
    input,
    maxFee,
    deadline,
    callbackGas = 0,
    data: hints = '0x',
  } = question
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: 'requestInference',
    args: [{ modelId, version, deadline, callbackGas, input, data: hints }],
  })
  const transaction = await sendTransaction(chain, { to: oracle, data, value: maxFee })
  const { logs } = transaction.receipt
  const [requested] = parseEventLogs({ abi: inferenceOracleAbi, eventName: 'InferenceRequested', logs })
  if (!requested) throw new ZkserveError('CHAIN_REJECTED', 'the oracle did not record the request')
  const { requestId, version: pinned, royaltyBps } = requested.args
  return { requestId, version: pinned, royaltyBps, transaction }
}
