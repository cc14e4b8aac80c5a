/** Evaluators on disk: what an organiser hands to everybody who takes part. Nothing in it is secret. */
import { evaluationChain, evaluationWords } from '#circuits/analyse/evaluation.js'
import { emitEvaluation } from '#circuits/emit/evaluation.js'
import { ZkserveError } from '#circuits/errors.js'
import { type Evaluation, evaluationOf } from '#circuits/qmodel/evaluation.js'
import { corruptFolder, readKeyedFolder, writeKeyedFolder } from '#prover/bundle/keyed-folder.js'
import type { Bundle } from '#prover/bundle/load.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import { parseG2 } from '#prover/curve/parse-point.js'
import type { AffineG2 } from '#prover/curve/points.js'
import { type Evaluator, evaluationSignals } from '#prover/evaluation/build.js'
import type { VerificationKey } from '#prover/groth16.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { g2PointOf } from '#prover/key/span-check.js'
import { g1Bytes } from '#prover/key/zkey-format.js'
import { architectureIdOf } from '#prover/weights/architecture.js'
import {
  committedCount,
  readCommitmentKey,
  spanKeyPoint,
  writeCommitmentKey,
} from '#prover/weights/commitment-key.js'

const schema = 'zkserve/evaluator/1'
const fileNames = [
  'circuit.circom',
  'circuit.wasm',
  'proving.zkey',
  'commitment_key.bin',
  'link_key.bin',
] as const

/** Writes an evaluator to a new folder. @throws ZkserveError `BUNDLE_EXISTS`, `FILE_NOT_FOUND` */
export async function writeEvaluator(dir: string, evaluator: Evaluator): Promise<void> {
  const { rows, words, constraints, circuitHash, servedArchitecture, evaluatedArchitecture } = evaluator
  const { base, served, evaluated, points } = evaluator.linkKey
  await writeKeyedFolder(dir, schema, {
    facts: {
      ...{ rows, words, constraints, circuitHash, servedArchitecture, evaluatedArchitecture },
      tag: evaluator.tag.toString(),
      architectureKey: evaluator.architectureKey,
      linkKey: { base: g2PointOf(base), served: g2PointOf(served), evaluated: g2PointOf(evaluated) },
    },
    files: {
      'circuit.circom': new TextEncoder().encode(evaluator.source),
      'circuit.wasm': evaluator.wasm,
      'proving.zkey': evaluator.zkey,
      'commitment_key.bin': writeCommitmentKey(evaluator.commitmentKey),
      'link_key.bin': points,
    },
  })
}

/**
 * Reads an evaluator. What it is for is to be compared with a bundle by {@link requireFit}.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`
 */
export async function readEvaluator(dir: string): Promise<Evaluator> {
  const { facts, files } = await readKeyedFolder(dir, schema, fileNames)
  const { rows, words, constraints, circuitHash, servedArchitecture, evaluatedArchitecture } = facts
  const tag = parseDecimal(facts.tag, scalarModulus)
  const counts = [rows, words, constraints]
  const hashes = [circuitHash, servedArchitecture, evaluatedArchitecture]
  const isWhole =
    counts.every(Number.isSafeInteger) &&
    hashes.every((hash) => typeof hash === 'string' && /^0x[0-9a-f]{64}$/.test(hash))
  if (tag === undefined || !isWhole) throw corruptFolder(dir, 'its facts are not whole')
  const architectureKey = facts.architectureKey as VerificationKey
  lintVerificationKey(architectureKey, { publicCount: evaluationSignals })
  const commitmentKey = readCommitmentKey(files['commitment_key.bin'])
  if (evaluatedArchitecture !== architectureIdOf(architectureKey, spanKeyPoint(commitmentKey)))
    throw corruptFolder(dir, 'its keys are of another circuit')
  const points = files['link_key.bin']
  if (points.length !== (committedCount(commitmentKey) + 1) * g1Bytes)
    throw corruptFolder(dir, 'its link key has another length than its commitment key')
  return {
    ...{ rows: rows as number, words: words as number, constraints: constraints as number, tag },
    source: new TextDecoder().decode(files['circuit.circom']),
    circuitHash: circuitHash as `0x${string}`,
    wasm: files['circuit.wasm'],
    zkey: files['proving.zkey'],
    servedArchitecture: servedArchitecture as `0x${string}`,
    evaluatedArchitecture,
    ...{ architectureKey, commitmentKey, linkKey: { points, ...linkVerifierOf(dir, facts.linkKey) } },
  }
}

/**
 * Compares an evaluator's text, words and tag with those that a bundle's network makes. Whether its keys were made from
 * that text cannot be seen.
 * @throws ZkserveError `USAGE` where it is for another architecture, or another circuit
 */
export function requireFit(evaluator: Evaluator, { model, manifest }: Bundle): Evaluation {
  if (manifest.committed?.architectureId !== evaluator.servedArchitecture)
    throw new ZkserveError('USAGE', 'the evaluator is for another architecture than the bundle')
  const evaluation = evaluationOf(model, evaluator.rows)
  if (
    evaluator.source !== emitEvaluation(evaluation).source ||
    evaluator.words !== evaluationWords(evaluation) ||
    evaluator.tag !== evaluationChain(evaluation).tag
  )
    throw new ZkserveError('USAGE', "the evaluator's circuit is not that of the bundle's network")
  return evaluation
}

function linkVerifierOf(dir: string, value: unknown): Record<'base' | 'served' | 'evaluated', AffineG2> {
  const given = (value ?? {}) as Partial<Record<string, unknown>>
  const point = (name: string): AffineG2 => {
    const parsed = parseG2(given[name])
    if ('fault' in parsed) throw corruptFolder(dir, `the point "${name}" of its link key ${parsed.fault}`)
    return parsed.point
  }
  return { base: point('base'), served: point('served'), evaluated: point('evaluated') }
}
