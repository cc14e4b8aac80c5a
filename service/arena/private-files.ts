/** Files of a contest that their owner alone may read: what opens the test set's commitments, and a link's blinding. */
import { type Static, Type } from 'typebox'
import type { Hex } from 'viem'
import type { Dataset } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Evaluation } from '#circuits/qmodel/evaluation.js'
import type { Bundle } from '#prover/bundle/load.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import { chunkOfRows, chunkWords, commitChunk } from '#prover/evaluation/chunk.js'
import { type EvaluatedVersion, linkVersion } from '#prover/evaluation/prove.js'
import { drawSalt } from '#prover/inference/commitment.js'
import { drawBlinding } from '#prover/weights/commit.js'
import { evaluatorIdOf, evaluatorRecord, testSetIdOf } from '#service/chain/evaluation-ids.js'
import { parseTyped } from '#service/typed-json.js'

const decimal = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' })
const hash = Type.Unsafe<Hex>(Type.String({ pattern: '^0x[0-9a-f]{64}$' }))

const testSetFile = Type.Object({
  schema: Type.Literal('zkserve/test-set/1'),
  evaluatorId: hash,
  testSet: hash,
  chunks: Type.Array(
    Type.Object({ commitment: decimal, salt: decimal, words: Type.Array(decimal, { minItems: 1 }) }),
    { minItems: 1, maxItems: 128 },
  ),
})

const linkFile = Type.Object({
  schema: Type.Literal('zkserve/link/1'),
  evaluatorId: hash,
  vkHash: hash,
  blinding: decimal,
})

/** A test set with what reveals it. */
export type TestSetFile = Static<typeof testSetFile>

/** Chunks of a test set, as many as the contract takes. */
const mostChunks = 128

/**
 * Commits to the rows of a dataset, chunk by chunk; rows that do not fill a chunk are left out.
 * @throws ZkserveError `INVALID_DATA` for data without labels, or fewer rows than a chunk has, or too many
 */
export async function commitTestData(
  evaluator: Evaluator,
  evaluation: Evaluation,
  data: Dataset,
): Promise<TestSetFile> {
  const count = Math.floor(data.count / evaluator.rows)
  if (data.labels === null || count === 0 || count > mostChunks) {
    const most = mostChunks * evaluator.rows
    throw new ZkserveError(
      'INVALID_DATA',
      `a test set has ${evaluator.rows} to ${most} rows with labels; the data have ${data.count}${data.labels === null ? ' without' : ''}`,
    )
  }
  const chunks = await Promise.all(
    Array.from({ length: count }, async (_, k) => {
      const integers = chunkOfRows(evaluation, data, k * evaluator.rows)
      const salt = drawSalt()
      const commitment = await commitChunk(evaluation, integers, salt)
      const words = chunkWords(evaluation, integers).map(String)
      return { commitment: commitment.toString(), salt: salt.toString(), words }
    }),
  )
  const evaluatorId = evaluatorIdOf(evaluatorRecord(evaluator))
  const testSet = testSetIdOf(
    evaluatorId,
    chunks.map(({ commitment }) => BigInt(commitment)),
  )
  return { schema: 'zkserve/test-set/1', evaluatorId, testSet, chunks }
}

/** Reads a test set. @throws ZkserveError `INVALID_INPUT` */
export function parseTestSet(value: unknown): TestSetFile {
  const file = parseTyped(testSetFile, value, 'the file of the test set')
  const commitments = file.chunks.map(({ commitment }) => BigInt(commitment))
  if (testSetIdOf(file.evaluatorId, commitments) !== file.testSet)
    throw new ZkserveError('INVALID_INPUT', "the file of the test set is damaged: its id is not its chunks'")
  return file
}

/** The text of a new link's file: its blinding, without which nothing can be proven under it. */
export function newLinkText(evaluator: Evaluator, { manifest }: Bundle): string {
  const file: Static<typeof linkFile> = {
    schema: 'zkserve/link/1',
    evaluatorId: evaluatorIdOf(evaluatorRecord(evaluator)),
    vkHash: manifest.vkHash,
    blinding: drawBlinding().toString(),
  }
  return `${JSON.stringify(file)}\n`
}

/** The linked version that a file stands for. @throws ZkserveError `INVALID_INPUT`, `USAGE`, `INVALID_KEY` */
export function parseLink(value: unknown, evaluator: Evaluator, bundle: Bundle): EvaluatedVersion {
  const file = parseTyped(linkFile, value, 'the file of the link')
  const blinding = parseDecimal(file.blinding, scalarModulus)
  if (blinding === undefined) throw new ZkserveError('INVALID_INPUT', 'the file of the link is damaged')
  const expected = evaluatorIdOf(evaluatorRecord(evaluator))
  if (file.evaluatorId !== expected || file.vkHash !== bundle.manifest.vkHash) {
    throw new ZkserveError('USAGE', 'the file of the link is for another bundle or another evaluator', {
      hints: ['Give a path of a new file, or the bundle and the evaluator with which it was made.'],
    })
  }
  return linkVersion(evaluator, bundle, blinding)
}
