import { ZkserveError } from '#circuits/errors.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { architectureBytes } from '#prover/bundle/architecture-bytes.js'
import { sha256 } from '#prover/bundle/files.js'
import type { BundleFile, CommittedVersion, committedFiles } from '#prover/bundle/manifest.js'
import type { AffineG2 } from '#prover/curve/points.js'
import type { VerificationKey } from '#prover/groth16.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import {
  type ArchitectureKey,
  architectureIdOf,
  architectureKeyText,
  committedModelHash,
  parseArchitectureKey,
  spanPoint,
} from '#prover/weights/architecture.js'
import {
  type CommitmentKey,
  readCommitmentKey,
  spanKeyPoint,
  writeCommitmentKey,
} from '#prover/weights/commitment-key.js'
import {
  blindingText,
  commitModel,
  type HiddenWeights,
  parseBlinding,
  type WeightVersion,
} from '#prover/weights/version.js'

/** What a bundle says and holds of a version that commits to its weights. */
export interface CommittedParts {
  readonly modelHash: `0x${string}`
  readonly verificationKey: VerificationKey
  readonly committed: CommittedVersion
  readonly files: Readonly<Record<(typeof committedFiles)[number], Uint8Array>>
}

/**
 * Commits a model to its weights, with a fresh blinding.
 *
 * @throws ZkserveError `INVALID_KEY`
 */
export function committedParts(
  model: QModel,
  circuitHash: `0x${string}`,
  architectureKey: VerificationKey,
  commitmentKey: CommitmentKey,
): CommittedParts {
  const version = commitModel(model, architectureKey, commitmentKey)
  const architecture = architectureBytes(model)
  const spanKey = spanKeyPoint(commitmentKey)
  return {
    ...factsOf(model, architecture, circuitHash, architectureKey, spanKey, version),
    verificationKey: version.verificationKey,
    files: {
      'architecture.json': architecture,
      'architecture_key.json': encode(architectureKeyText(architectureKey, spanKey)),
      'commitment_key.bin': writeCommitmentKey(commitmentKey),
      'weights.private.json': encode(blindingText(version.hidden.blinding)),
    },
  }
}

/** What the files of a bundle with committed weights hold. */
export interface CommittedContents {
  readonly model: QModel
  readonly circuitHash: `0x${string}`
  readonly verificationKey: VerificationKey
  readonly contents: ReadonlyMap<BundleFile, Uint8Array>
}

/**
 * Makes the commitment again from the model and its blinding, and checks that the files say the same.
 *
 * @throws ZkserveError `BUNDLE_CORRUPT`, `INVALID_KEY`
 */
export function checkCommitted({ model, circuitHash, verificationKey, contents }: CommittedContents): Pick<
  CommittedParts,
  'modelHash' | 'committed'
> & {
  readonly hidden: HiddenWeights
  readonly architectureKey: ArchitectureKey
} {
  const file = (name: BundleFile) => contents.get(name)!
  const architecture = architectureBytes(model)
  if (Buffer.compare(architecture, file('architecture.json')) !== 0) {
    throw new ZkserveError('BUNDLE_CORRUPT', 'the architecture of the bundle is not that of its model')
  }
  const architectureKey = parseArchitectureKey(file('architecture_key.json'))
  const span = spanPoint(architectureKey)
  const commitmentKey = readCommitmentKey(file('commitment_key.bin'))
  if (spanKeyPoint(commitmentKey).flat().join() !== span.flat().join()) {
    throw new ZkserveError('BUNDLE_CORRUPT', 'the commitment key of the bundle is of another architecture')
  }
  const blinding = parseBlinding(file('weights.private.json'))
  const version = commitModel(model, architectureKey.verificationKey, commitmentKey, blinding)
  if (verificationKeyHash(version.verificationKey) !== verificationKeyHash(verificationKey)) {
    throw new ZkserveError(
      'BUNDLE_CORRUPT',
      "the verifying key of the bundle does not hold the commitment to its model's weights",
    )
  }
  return {
    ...factsOf(model, architecture, circuitHash, architectureKey.verificationKey, span, version),
    architectureKey,
    hidden: version.hidden,
  }
}

/** In the order of the manifest. */
function factsOf(
  { inputs, outputs }: QModel,
  architecture: Uint8Array,
  circuitHash: `0x${string}`,
  architectureKey: VerificationKey,
  spanKey: AffineG2,
  { commitment, spanProof }: WeightVersion,
): Pick<CommittedParts, 'modelHash' | 'committed'> {
  const architectureHash = `0x${sha256(architecture)}` as const
  return {
    modelHash: committedModelHash({ architectureHash, circuitHash, commitment, inputs, outputs }),
    committed: {
      architectureHash,
      architectureId: architectureIdOf(architectureKey, spanKey),
      commitment,
      spanProof,
    },
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
