import type { InputMode } from '#circuits/analyse/account.js'
import type { QInput, QOutput } from '#circuits/qmodel/qmodel.js'

/** Files of a bundle beside the manifest. */
export const bundleFiles = [
  'model.onnx',
  'model.q.json',
  'circuit.circom',
  'circuit.r1cs',
  'circuit.wasm',
  'proving.zkey',
  'verification_key.json',
  'report.json',
] as const

export type BundleFile = (typeof bundleFiles)[number]

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

/** The one truth about a bundle; everything that is said about a model derives from it. */
export interface Manifest {
  readonly schema: 'zkserve/manifest/1'
  readonly name: string
  /** SHA-256 of the canonical QModel bytes, 0x and 64 hex digits. */
  readonly modelHash: `0x${string}`
  /** SHA-256 of the r1cs. */
  readonly circuitHash: `0x${string}`
  /** keccak256 of the verifying key's canonical bytes, as the registry computes it. */
  readonly vkHash: `0x${string}`
  readonly files: Readonly<Record<BundleFile, { readonly sha256: string; readonly bytes: number }>>
  readonly compiler: { readonly name: string; readonly version: string; readonly flags: readonly string[] }
  readonly quantisation: { readonly bits: number; readonly output: string; readonly calibrationRows: number }
  readonly weights: 'fixed'
  readonly inputMode: InputMode
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
  /** Who made the keys: `development` keys can be forged by whoever ran the set-up. */
  readonly setup: { readonly kind: 'development'; readonly production: false }
  /** SHA-256 of the manifest's own JSON without this field. */
  readonly digest: string
}

/** A manifest before its digest is known. */
export type ManifestBody = Omit<Manifest, 'digest'>
