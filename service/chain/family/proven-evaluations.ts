/** Calls of the contract ProvenEvaluations: proven answers, counted. */
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { provenEvaluationsAbi } from '#contracts/generated/ProvenEvaluations.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import type { TestSetTerms } from '#service/chain/test-set.js'

const abi = provenEvaluationsAbi

/** Where evaluations are, and whose. */
export interface EvaluatedAt {
  readonly evaluations: Address
  readonly modelId: bigint
  readonly version: number
}

/** Where a row belongs in its test set. */
export interface PlacedRow {
  readonly index: number
  readonly label: number
  readonly path: readonly Hex[]
}

/** The verifier and the registry that evaluations stand on. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readEvaluationsPlace(
  { client }: ChainReader,
  evaluations: Address,
): Promise<{ readonly verifier: Address; readonly registry: Address }> {
  const [verifier, registry] = await asked(() =>
    Promise.all([
      client.readContract({ address: evaluations, abi, functionName: 'verifier' }),
      client.readContract({ address: evaluations, abi, functionName: 'registry' }),
    ]),
  )
  return { verifier, registry }
}

/** Has answers counted, proven for anybody. @throws CHAIN_REJECTED (AnswersInvalid, RowNotInTestSet, …) */
export function countAnswers(
  chain: ChainWriter,
  { evaluations, modelId, version }: EvaluatedAt,
  terms: TestSetTerms,
  counted: readonly { readonly row: PlacedRow; readonly answer: Inference }[],
): Promise<SentTransaction> {
  const rows = counted.map(({ row }) => row)
  const answers = counted.map(({ answer }) => answer)
  const args = [modelId, version, terms, rows, answers] as const
  return sendTransaction(chain, {
    to: evaluations,
    data: encodeFunctionData({ abi, functionName: 'count', args }),
  })
}

/** Which of these rows are counted. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function readCounted(
  { client }: ChainReader,
  { evaluations, modelId, version }: EvaluatedAt,
  { testSet, rows }: { readonly testSet: Hex; readonly rows: readonly number[] },
): Promise<boolean[]> {
  const call = { address: evaluations, abi, functionName: 'isCounted' } as const
  return asked(() =>
    Promise.all(rows.map((row) => client.readContract({ ...call, args: [modelId, version, testSet, row] }))),
  )
}
