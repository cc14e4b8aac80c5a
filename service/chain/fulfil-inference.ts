import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import type { Fulfilment } from '#service/chain/encode-fulfilment.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** A request that an oracle took an answer to. */
export interface FulfilledInference {
  readonly requestId: bigint
  readonly payee: Address
  /** What payee and model's holder share, in wei. */
  readonly fee: bigint
  /** The holder's part of it, in wei. */
  readonly royalty: bigint
  /** Whether the asker's callback failed; `redeliver` repeats it. False where there was none. */
  readonly callbackFailed: boolean
}

/**
 * Hands a proven answer to an InferenceOracle, in about 300,000 gas and what the callback was promised.
 *
 * @throws CHAIN_REJECTED with `details.reason`: FulfilmentRefused (`details.args` are the request and the outcome's
 *   number), InvalidProof, VersionRefused_Revoked, InsufficientGas, …; CHAIN_UNREACHABLE
 */
export async function fulfilInference(
  chain: ChainWriter,
  { oracle, fulfilment }: { oracle: Address; fulfilment: Fulfilment },
): Promise<FulfilledInference & { readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: 'fulfil', args: [fulfilment] })
  const transaction = await sendTransaction(chain, { to: oracle, data })
  const [fulfilled] = fulfilledIn(transaction)
  if (!fulfilled) throw new ZkserveError('CHAIN_REJECTED', 'the oracle did not record the answer')
  return { ...fulfilled, transaction }
}

/**
 * Hands in answers by one version of a model, with one pairing check; bad ones are skipped.
 *
 * @returns those that were taken
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function fulfilEach(
  chain: ChainWriter,
  batch: { oracle: Address; modelId: bigint; version: number; fulfilments: readonly Fulfilment[] },
): Promise<{
  readonly fulfilled: readonly FulfilledInference[]
  readonly transaction: SentTransaction
}> {
  const { oracle, modelId, version, fulfilments } = batch
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: 'fulfilEach',
    args: [modelId, version, fulfilments],
  })
  const transaction = await sendTransaction(chain, { to: oracle, data })
  return { fulfilled: fulfilledIn(transaction), transaction }
}

function fulfilledIn({ receipt: { logs } }: SentTransaction): FulfilledInference[] {
  const failed = parseEventLogs({ abi: inferenceOracleAbi, eventName: 'CallbackFailed', logs })
  const failedIds = new Set(failed.map(({ args }) => args.requestId))
  return parseEventLogs({ abi: inferenceOracleAbi, eventName: 'InferenceFulfilled', logs }).map(
    ({ args: { requestId, payee, fee, royalty } }) => ({
      requestId,
      payee,
      fee,
      royalty,
      callbackFailed: failedIds.has(requestId),
    }),
  )
}
