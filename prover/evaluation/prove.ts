import { inputSignalNames } from '#circuits/emit/inputs.js'
import { ZkserveError } from '#circuits/errors.js'
import { countCorrect, evaluationInputs, evaluationOf } from '#circuits/qmodel/evaluation.js'
import type { Bundle } from '#prover/bundle/load.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import { type Evaluator, evaluationSignals } from '#prover/evaluation/build.js'
import { type ChunkIntegers, commitChunk } from '#prover/evaluation/chunk.js'
import { proveLink, verifyLink } from '#prover/evaluation/link.js'
import type { G1Point, ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { verifyProof } from '#prover/proof/verify.js'
import type { Prover } from '#prover/prover.js'
import { commitWeights, drawBlinding, type WeightCommitment } from '#prover/weights/commit.js'
import { foldCommitment } from '#prover/weights/fold.js'
import { type HiddenWeights, hiddenSignals } from '#prover/weights/version.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'

/** A served version, committed to under the evaluator's key too. */
export interface EvaluatedVersion extends WeightCommitment {
  /** π: the commitment is to the weights of the served version. */
  readonly link: G1Point
  /** For its owner alone. */
  readonly hidden: HiddenWeights
  readonly verificationKey: VerificationKey
}

/** A chunk with what opens its commitment. */
export interface Chunk {
  readonly integers: ChunkIntegers
  readonly salt: bigint
}

export interface ProvenCount extends ProofWithSignals {
  readonly correct: number
  readonly commitment: bigint
}

/**
 * Commits to a served version's weights under the evaluator's key, and links the two commitments.
 * @param blinding of the commitment under the evaluator's key, below r: proofs take it again
 * @throws ZkserveError `USAGE` for a version of another architecture, `INVALID_KEY`
 */
export function linkVersion(
  evaluator: Evaluator,
  { hidden, manifest }: Bundle,
  blinding: bigint = drawBlinding(),
): EvaluatedVersion {
  if (hidden === null || manifest.committed?.architectureId !== evaluator.servedArchitecture) {
    throw new ZkserveError('USAGE', 'the evaluator is for another architecture than the bundle')
  }
  const committed = commitWeights(evaluator.commitmentKey, hidden.weights, blinding)
  const link = proveLink(evaluator.linkKey, hidden, blinding)
  if (!verifyLink(evaluator.linkKey, [manifest.committed.commitment, committed.commitment], link)) {
    throw new ZkserveError('INVALID_KEY', 'the keys of the evaluator do not belong to each other')
  }
  return {
    ...committed,
    link,
    hidden: { weights: hidden.weights, blinding },
    verificationKey: foldCommitment(evaluator.architectureKey, committed.commitment),
  }
}

/**
 * Proves how many rows of a chunk a version answers with their label. The proof is verified, and compared with the
 * integer interpreter's count, before it is returned.
 * @throws ZkserveError `PROVING_FAILED`, `CANCELLED`
 */
export async function proveCount(
  evaluator: Evaluator,
  { model }: Bundle,
  version: EvaluatedVersion,
  { integers, salt }: Chunk,
  binding: ProofBinding,
  prover: Prover,
  signal?: AbortSignal,
): Promise<ProvenCount> {
  const evaluation = evaluationOf(model, evaluator.rows)
  const inputs = evaluationInputs(evaluation)
  const context = contextOf(binding)
  const lanes = inputLanes(inputs, integers)
  const names = inputSignalNames(inputs)
  const calculator = await WitnessCalculator.load(evaluator.wasm)
  const witness = await calculator.calculate({
    ...Object.fromEntries(names.map((name, k) => [name, lanes[k]!.map(BigInt)])),
    ...hiddenSignals(version.hidden),
    salt,
    context,
  })
  const whole = await prover.prove({ zkey: evaluator.zkey, witness, ...(signal ? { signal } : {}) })
  // Hidden weights are public to the back end alone: the version's key holds their share.
  const proven = { proof: whole.proof, publicSignals: whole.publicSignals.slice(0, evaluationSignals) }
  const correct = countCorrect(evaluation, integers)
  const commitment = await commitChunk(evaluation, integers, salt)
  if (proven.publicSignals.join() !== [commitment, correct, context].join()) {
    throw new ZkserveError('PROVING_FAILED', 'the circuit and the integer model disagree')
  }
  if (!(await verifyProof(version.verificationKey, proven))) {
    throw new ZkserveError('PROVING_FAILED', 'the proof that was made does not verify')
  }
  return { ...proven, correct, commitment }
}
