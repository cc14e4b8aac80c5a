import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from 'viem'
import type { Evaluator } from '#prover/evaluation/build.js'
import type { LinkVerifier } from '#prover/evaluation/link-key.js'
import type { EvaluatedVersion } from '#prover/evaluation/prove.js'

/** The contracts' struct `Evaluator`. */
export interface EvaluatorRecord {
  readonly servedArchitecture: Hex
  readonly evaluatedArchitecture: Hex
  readonly circuitHash: Hex
  readonly tag: bigint
  readonly rows: number
  readonly words: number
  readonly linkKey: LinkKeyWords
}

type Word = bigint
/** A, C₁, C₂ in EIP-197 order. */
type LinkKeyWords = readonly [Word, Word, Word, Word, Word, Word, Word, Word, Word, Word, Word, Word]

const evaluatorType = parseAbiParameters(
  '(bytes32 servedArchitecture, bytes32 evaluatedArchitecture, bytes32 circuitHash, uint256 tag, uint16 rows, uint16 words, uint256[12] linkKey)',
)
const testSetType = parseAbiParameters('bytes32, uint256[]')
const nonceType = parseAbiParameters('bytes32, uint256, uint32, uint256')

/** An evaluator as the contract LinkedEvaluations takes it. */
export function evaluatorRecord(evaluator: Evaluator): EvaluatorRecord {
  const { servedArchitecture, evaluatedArchitecture, circuitHash, tag, rows, words, linkKey } = evaluator
  return {
    servedArchitecture,
    evaluatedArchitecture,
    circuitHash,
    tag,
    rows,
    words,
    linkKey: linkKeyWords(linkKey),
  }
}

function linkKeyWords({ base, served, evaluated }: LinkVerifier): LinkKeyWords {
  const words = [base, served, evaluated].flatMap(([x, y]) => [x[1], x[0], y[1], y[0]])
  return words as unknown as LinkKeyWords
}

/** Equal to what `LinkedEvaluations.publishEvaluator` returns. */
export function evaluatorIdOf(record: EvaluatorRecord): Hex {
  return keccak256(encodeAbiParameters(evaluatorType, [record]))
}

/** Equal to what `LinkedEvaluations.publishTestSet` returns. */
export function testSetIdOf(evaluatorId: Hex, chunks: readonly bigint[]): Hex {
  return keccak256(encodeAbiParameters(testSetType, [evaluatorId, chunks]))
}

/** For which chunk of which test set, and for which version, a count is proven. */
export interface CountSubject {
  readonly testSet: Hex
  readonly modelId: bigint
  readonly version: number
  readonly chunk: number
}

/** Equal to `LinkedEvaluations.nonceOf`. */
export function countNonce({ testSet, modelId, version, chunk }: CountSubject): bigint {
  return BigInt(keccak256(encodeAbiParameters(nonceType, [testSet, modelId, version, BigInt(chunk)])))
}

/** The points of a link as the contract takes them. */
export function linkWords({
  commitment,
  spanProof,
  link,
}: Pick<EvaluatedVersion, 'commitment' | 'spanProof' | 'link'>) {
  const words = ([x, y]: readonly string[]) => [BigInt(x!), BigInt(y!)] as const
  return { weights: { commitment: words(commitment), spanProof: words(spanProof) }, proof: words(link) }
}

/** The verifier's chain, and the contract that counts. */
export interface EvaluationBinding {
  readonly chainId: number
  readonly verifier: Address
  readonly evaluations: Address
}

/** What a proof of a count is made for. */
export function countBinding({ chainId, verifier, evaluations }: EvaluationBinding, subject: CountSubject) {
  return { chainId, verifier, requester: evaluations, nonce: countNonce(subject) }
}
