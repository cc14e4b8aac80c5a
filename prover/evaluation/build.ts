import { weightCount } from '#circuits/analyse/committed-weights.js'
import { evaluationChain, evaluationWords } from '#circuits/analyse/evaluation.js'
import { emitEvaluation } from '#circuits/emit/evaluation.js'
import { ZkserveError } from '#circuits/errors.js'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { sha256 } from '#prover/bundle/files.js'
import { type Bundle, readBundleFile } from '#prover/bundle/load.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { type LinkKey, makeLinkKey } from '#prover/evaluation/link-key.js'
import type { VerificationKey } from '#prover/groth16.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { architectureIdOf } from '#prover/weights/architecture.js'
import { type CommitmentKey, readCommitmentKey, spanKeyPoint } from '#prover/weights/commitment-key.js'
import { architectureKeyOf } from '#prover/weights/fold.js'

/** Real public signals: the commitment to a chunk, the count, the context. */
export const evaluationSignals = 3

/** A circuit that counts the right answers of an architecture's versions, its keys, and the key of links to it. */
export interface Evaluator {
  /** Rows of a chunk. */
  readonly rows: number
  /** Field elements that hold a chunk. */
  readonly words: number
  /** What a chunk's commitment starts from. */
  readonly tag: bigint
  readonly constraints: number
  readonly source: string
  /** SHA-256 of the r1cs. */
  readonly circuitHash: `0x${string}`
  /** circom's witness calculator. */
  readonly wasm: Uint8Array
  readonly zkey: Uint8Array
  /** Of the served versions. */
  readonly servedArchitecture: `0x${string}`
  /** Of this circuit. */
  readonly evaluatedArchitecture: `0x${string}`
  readonly architectureKey: VerificationKey
  readonly commitmentKey: CommitmentKey
  readonly linkKey: LinkKey
}

/**
 * Makes the evaluator of an architecture: one for all its versions. Everything but the keys is deterministic.
 *
 * The keys are development keys: whoever runs this could forge counts and links.
 * @param bundle any version of the architecture
 * @param rows of a chunk
 * @throws ZkserveError `USAGE` for a bundle with fixed weights or another answer than a class, `CONSTRAINT_MISMATCH`,
 *   `COMPILER_FAILED`, `CANCELLED`
 */
export async function buildEvaluator(bundle: Bundle, rows: number, signal?: AbortSignal): Promise<Evaluator> {
  const { committed } = bundle.manifest
  if (committed === undefined) {
    throw new ZkserveError(
      'USAGE',
      'the weights of this bundle are fixed: nothing ties them to an evaluation',
      {
        hints: ['Build it with `--weights committed`.'],
      },
    )
  }
  const evaluation = evaluationOf(bundle.model, rows)
  const { source, constraints } = emitEvaluation(evaluation)
  const compiled = await compileCircuit(source, signal)
  const r1cs = readR1cs(compiled.r1cs)
  if (r1cs.constraintCount !== constraints) {
    const measured = r1cs.constraintCount
    throw new ZkserveError(
      'CONSTRAINT_MISMATCH',
      `circom made ${measured} constraints, ${constraints} were predicted`,
    )
  }
  const hidden = weightCount(evaluation.model) + 1
  const { zkey, verificationKey, commitmentKey } = await developmentSetup(r1cs, {
    committed: hidden,
    ...(signal ? { signal } : {}),
  })
  const architectureKey = architectureKeyOf(verificationKey, evaluationSignals)
  const served = readCommitmentKey(await readBundleFile(bundle, 'commitment_key.bin'))
  return {
    rows,
    words: evaluationWords(evaluation),
    tag: evaluationChain(evaluation).tag,
    constraints,
    source,
    circuitHash: `0x${sha256(compiled.r1cs)}`,
    wasm: compiled.wasm,
    zkey,
    servedArchitecture: committed.architectureId,
    evaluatedArchitecture: architectureIdOf(architectureKey, spanKeyPoint(commitmentKey!)),
    architectureKey,
    commitmentKey: commitmentKey!,
    linkKey: makeLinkKey(served, commitmentKey!),
  }
}
