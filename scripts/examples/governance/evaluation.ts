import { type Address, encodeFunctionData, zeroAddress } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenEvaluationsAbi } from '#contracts/generated/ProvenEvaluations.js'
import type { Bundle } from '#prover/bundle/load.js'
import { proveInference, readProvingFiles } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import type { TestSet } from '#service/chain/test-set.js'
import { testRow } from '#service/demo/act.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** Rows in one transaction: 2^24 gas take some 150. */
const rowsAtOnce = 16

/** What a version is evaluated on. */
export interface TestData {
  readonly source: ModelSource
  readonly set: TestSet
  readonly rows: number
}

/** Proves a version's answers to all rows and has them counted. @returns the contract's count, and the gas of it */
export async function evaluateOn(
  stage: { readonly chain: ChainWriter; readonly verifier: Address; readonly evaluations: Address },
  test: TestData,
  bundle: Bundle,
  { modelId, version }: { readonly modelId: bigint; readonly version: number },
  prover: Prover,
): Promise<{ readonly correct: number; readonly gas: bigint }> {
  const { chain, evaluations } = stage
  const answers = await proveAnswers(stage, test, bundle, prover)
  let gas = 0n
  for (let first = 0; first < answers.length; first += rowsAtOnce) {
    const part = answers.slice(first, first + rowsAtOnce)
    const rows = part.map((_, k) => ({
      index: first + k,
      label: test.source.test.labels![first + k]!,
      path: test.set.pathOf(first + k),
    }))
    const args = [modelId, version, test.set.terms, rows, part] as const
    const data = encodeFunctionData({ abi: provenEvaluationsAbi, functionName: 'count', args })
    gas += (await sendTransaction(chain, { to: evaluations, data })).gasUsed
  }
  const [proven, correct] = await chain.client.readContract({
    address: evaluations,
    abi: provenEvaluationsAbi,
    functionName: 'evaluationOf',
    args: [modelId, version, test.set.id],
  })
  if (!proven) throw new ZkserveError('INTERNAL', 'the evaluation is not proven')
  return { correct, gas }
}

/** Answers to the first rows, each proven for anybody: they are facts, and nobody's to spend. */
async function proveAnswers(
  { chain: { chainId }, verifier }: { readonly chain: ChainWriter; readonly verifier: Address },
  { source, rows }: TestData,
  bundle: Bundle,
  prover: Prover,
): Promise<Inference[]> {
  const files = await readProvingFiles(bundle)
  const answers: Inference[] = []
  for (let row = 0; row < rows; row++) {
    const inputs = new Map([[bundle.model.inputs[0]!.name, testRow(source, row)]])
    const binding = { requester: zeroAddress, nonce: BigInt(row) }
    const context = { chainId, verifier, ...binding }
    const proven = await proveInference(bundle, prover, inputs, { context }, files)
    answers.push(encodeProofCalldata({ ...proven, ...binding }))
  }
  return answers
}
