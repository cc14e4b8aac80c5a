import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { QInput, QOutput } from '#circuits/qmodel/qmodel.js'
import type { Transcript } from '#prover/ceremony/transcript.js'
import type { G1Point } from '#prover/groth16.js'
import type { QuantisationRecord } from '#prover/quantise.js'

/** Files of a bundle beside the manifest. */
export const bundleFiles = [
  'model.onnx',
  'model.q.json',
  'circuit.circom',
  'circuit.r1cs',
  'circuit.wasm',
  'witness.plan',
  'proving.zkey',
  'verification_key.json',
  'report.json',
] as const

/** What a bundle with committed weights has beside these. */
export const committedFiles = [
  'architecture.json',
  'architecture_key.json',
  'commitment_key.bin',
  'weights.private.json',
] as const

/**
 * What a bundle may have besides: points that spare the native prover transforms, see `QuotientPoints`. Development
 * set-ups write them.
 */
export const optionalFiles = ['proving.quotient'] as const

/** What a public view holds: enough to verify proofs and the commitment, and nothing of the weights. */
export const publicFiles = [
  'circuit.circom',
  'architecture.json',
  'architecture_key.json',
  'verification_key.json',
] as const

export type BundleFile =
  | (typeof bundleFiles)[number]
  | (typeof committedFiles)[number]
  | (typeof optionalFiles)[number]
export type PublicFile = (typeof publicFiles)[number]

/** The files that a bundle must have, in order. */
export function filesOf(weights: WeightMode): readonly BundleFile[] {
  return weights === 'fixed' ? bundleFiles : [...bundleFiles, ...committedFiles]
}

/** The files of a bundle with those of the optional ones that are there. */
export function filesWith(
  weights: WeightMode,
  isThere: (name: BundleFile) => boolean,
): readonly BundleFile[] {
  return [...filesOf(weights), ...optionalFiles.filter(isThere)]
}

export interface FileEntry {
  readonly sha256: string
  readonly bytes: number
}

export const manifestName = 'manifest.json'

/** What one public signal holds, in the order of the proof. */
export type PublicSignal =
  | { readonly kind: 'inputCommitment' }
  /** Unsigned lanes of `bits` bits, lowest first: elements `first` … `first + lanes - 1` of an input, minus its `lo`. */
  | {
      readonly kind: 'input'
      readonly input: string
      readonly first: number
      readonly lanes: number
      readonly bits: number
    }
  /** Two's complement lanes of 32 bits, lowest first, over all outputs one after the other. */
  | { readonly kind: 'output'; readonly first: number; readonly lanes: number }
  | { readonly kind: 'context' }

/** Cost of one layer as measured in the compiled circuit. */
export interface LayerReport {
  readonly name: string
  readonly operator: string
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly parameters: number
  readonly macs: number
  readonly constraints: number
}

/** A version's commitment to its weights, and what it is a version of. */
export interface CommittedVersion {
  /** SHA-256 of architecture.json. */
  readonly architectureHash: `0x${string}`
  /** keccak256 of the architecture's key and κ·G2: its id in the registry. */
  readonly architectureId: `0x${string}`
  /** M = Σ w_i·IC_i + ρ·IC_ρ. */
  readonly commitment: G1Point
  /** κ·M. */
  readonly spanProof: G1Point
}

/** Who made the keys: with `development` keys whoever ran the set-up can forge proofs; a ceremony had several parties. */
export type Setup =
  | { readonly kind: 'development'; readonly production: false }
  | { readonly kind: 'ceremony'; readonly production: true; readonly transcript: Transcript }

/** What a manifest says of a model to everybody. */
export interface ModelFacts {
  readonly schema: 'zkserve/manifest/2'
  readonly name: string
  /**
   * With fixed weights SHA-256 of the canonical QModel bytes; with committed ones a hash of architecture, circuit and
   * commitment, which says nothing about the weights. 0x and 64 hex digits.
   */
  readonly modelHash: `0x${string}`
  /** SHA-256 of the r1cs. */
  readonly circuitHash: `0x${string}`
  /** keccak256 of the verifying key's canonical bytes, as the registry computes it. */
  readonly vkHash: `0x${string}`
  readonly compiler: { readonly name: string; readonly version: string; readonly flags: readonly string[] }
  readonly quantisation: QuantisationRecord
  readonly weights: WeightMode
  /** With committed weights alone. */
  readonly committed?: CommittedVersion
  readonly inputMode: InputMode
  readonly batch: number
  readonly inputs: readonly QInput[]
  readonly outputs: readonly QOutput[]
  readonly publicSignals: readonly PublicSignal[]
  readonly constraints: {
    readonly total: number
    readonly inputRange: number
    readonly inputBinding: number
    readonly outputPacking: number
    readonly context: number
    readonly layers: readonly LayerReport[]
  }
  readonly wires: number
  readonly setup: Setup
}

/** The one truth about a bundle; everything that is said about a model derives from it. */
export interface Manifest extends ModelFacts {
  readonly view: 'owner'
  readonly files: Readonly<Record<(typeof bundleFiles)[number], FileEntry>> &
    Readonly<Partial<Record<BundleFile, FileEntry>>>
  /** SHA-256 of the manifest's own JSON without this field. */
  readonly digest: string
}

/** The manifest of a public view of a model with committed weights. */
export interface PublicManifest extends ModelFacts {
  readonly view: 'public'
  readonly files: Readonly<Record<PublicFile, FileEntry>>
  readonly digest: string
}

/** A manifest before its digest is known. */
export type ManifestBody = Omit<Manifest, 'digest'>
export type PublicManifestBody = Omit<PublicManifest, 'digest'>
