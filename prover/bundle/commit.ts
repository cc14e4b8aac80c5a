import { join } from 'node:path'
import { type Dataset, datasetRows } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import { normaliseInputs } from '#circuits/graph/passes/normalise-inputs.js'
import { serialiseQModel } from '#circuits/qmodel/serialise.js'
import { requantiseModel } from '#circuits/quantise/architecture.js'
import type { OutputMode } from '#circuits/quantise/options.js'
import { committedParts } from '#prover/bundle/committed.js'
import { makeDirectoryWhole } from '#prover/bundle/files.js'
import { type Bundle, readBundleFile } from '#prover/bundle/load.js'
import { type BundleFile, optionalFiles } from '#prover/bundle/manifest.js'
import { versionFiles } from '#prover/bundle/version-files.js'
import { type SharedFile, writeBundle } from '#prover/bundle/write.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { accuracyProblem, type QuantiseStage } from '#prover/quantise.js'
import { defaultSettings } from '#prover/settings.js'
import { readCommitmentKey } from '#prover/weights/commitment-key.js'

/** What all versions of an architecture share: second names of the same files where the file system has them. */
const sharedFiles = [
  'circuit.circom',
  'circuit.r1cs',
  'circuit.wasm',
  'witness.plan',
  'proving.zkey',
  ...optionalFiles,
] as const

export type CommitStage = 'quantise' | 'commit' | 'write'

export interface CommitOptions {
  readonly onStage?: (stage: CommitStage) => void
}

export interface CommitResult {
  readonly dir: string
  readonly modelHash: `0x${string}`
  readonly architectureId: `0x${string}`
  readonly vkHash: `0x${string}`
  /** Milliseconds. */
  readonly timings: Readonly<Record<CommitStage, number>>
}

/**
 * Makes the bundle of a new version from new weights: no circuit is compiled, no set-up run.
 *
 * @param bundle any version of the architecture
 * @param graph the optimised graph of `onnx`, of the bundle's architecture
 * @param dir the new bundle, written whole or not at all
 * @throws ZkserveError `USAGE` for a bundle with fixed weights, `ARCHITECTURE_MISMATCH`, `ACCURACY_TOO_LOW`,
 *   `BUNDLE_EXISTS`, and as
 *   quantising
 */
export async function commitBundle(
  bundle: Bundle,
  onnx: Uint8Array,
  graph: Graph,
  calibration: Dataset,
  dir: string,
  { onStage }: CommitOptions = {},
): Promise<CommitResult> {
  const { manifest, architectureKey } = bundle
  if (architectureKey === null) {
    throw new ZkserveError('USAGE', 'the weights of this bundle are fixed: its circuit holds them', {
      hints: ['Build a bundle with `--weights committed` first; its versions share one circuit and set-up.'],
    })
  }
  const timings = { quantise: 0, commit: 0, write: 0 }
  const timed = async <T>(stage: CommitStage, work: () => T | Promise<T>): Promise<T> => {
    onStage?.(stage)
    const start = performance.now()
    const result = await work()
    timings[stage] = performance.now() - start
    return result
  }
  return makeDirectoryWhole(dir, async (staging) => {
    const version = await timed('quantise', () => quantiseVersion(bundle, graph, calibration))
    const { model, evaluation, record } = version
    const parts = await timed('commit', async () => {
      const commitmentKey = readCommitmentKey(await readBundleFile(bundle, 'commitment_key.bin'))
      return committedParts(model, manifest.circuitHash, architectureKey.verificationKey, commitmentKey)
    })
    const { verificationKey, modelHash, committed } = parts
    const vkHash = verificationKeyHash(verificationKey)
    const { files: _, digest: __, ...facts } = manifest
    await timed('write', async () =>
      writeBundle(
        staging,
        {
          ...facts,
          modelHash,
          vkHash,
          committed,
          outputs: model.outputs,
          quantisation: record,
        },
        {
          ...Object.fromEntries(sharedFiles.flatMap((name) => sharedFile(bundle, name))),
          'model.onnx': onnx,
          'model.q.json': serialiseQModel(model),
          ...versionFiles(verificationKey, evaluation, manifest.constraints.layers),
          ...parts.files,
        },
      ),
    )
    return { dir, modelHash, architectureId: committed.architectureId, vkHash, timings }
  })
}

/** The file by name if the bundle has it; its hash was checked when the bundle was loaded. */
function sharedFile({ dir, manifest }: Bundle, name: BundleFile): [BundleFile, SharedFile][] {
  const entry = manifest.files[name]
  return entry === undefined ? [] : [[name, { path: join(dir, name), entry }]]
}

/**
 * The integer model of new weights: normalisation, widths and output mode are those recorded of the bundle, its
 * inputs and batch those of its model.
 * @throws ZkserveError `ACCURACY_TOO_LOW` too
 */
function quantiseVersion(
  { model, manifest }: Bundle,
  given: Graph,
  calibration: Dataset,
): Omit<QuantiseStage, 'graph'> {
  const before = manifest.quantisation
  const { bits, output, widths, weightError, normalisation, minAgreement } = before
  const graph = normaliseInputs(given, normalisation)
  const version = requantiseModel(
    graph,
    datasetRows(calibration),
    { model },
    {
      ...defaultSettings,
      ...{ bits, output: output as OutputMode, widths, weightError },
    },
  )
  const evaluation = evaluate(graph, version.model, calibration)
  const problem = accuracyProblem(evaluation, minAgreement)
  if (problem !== null) throw problem
  const { rule: ranges, comparedRows, biasCorrected } = version
  const record = { ...before, calibrationRows: calibration.count, ranges, comparedRows, biasCorrected }
  return { model: version.model, evaluation, record }
}
