import { type Account, accountFor, type InputMode } from '#circuits/analyse/account.js'
import { weightCount } from '#circuits/analyse/committed-weights.js'
import { traceModel } from '#circuits/analyse/trace.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import type { Dataset } from '#circuits/data/dataset.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import { ZkserveError } from '#circuits/errors.js'
import type { Graph } from '#circuits/graph/graph.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { serialiseQModel } from '#circuits/qmodel/serialise.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { type CommittedParts, committedParts } from '#prover/bundle/committed.js'
import { makeDirectoryWhole, sha256 } from '#prover/bundle/files.js'
import type { ManifestBody } from '#prover/bundle/manifest.js'
import { versionFiles } from '#prover/bundle/version-files.js'
import { writeBundle } from '#prover/bundle/write.js'
import { compileCircuit, compilerFlags } from '#prover/compile/compile.js'
import { publicSignalLayout } from '#prover/inference/public-signals.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { reportLayers } from '#prover/layer-report.js'
import { accuracyProblem, type QuantiseStageOptions, quantiseWithRecord } from '#prover/quantise.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup, type SetupKeys } from '#prover/setup/development.js'
import { architectureKeyOf } from '#prover/weights/fold.js'
import { buildPlan } from '#prover/witness/plan/build.js'
import { encodePlan } from '#prover/witness/plan/encode.js'

export type BuildStage = 'quantise' | 'emit' | 'compile' | 'setup' | 'write'

export interface BuildProgress {
  readonly stage: BuildStage
  readonly done?: number
  readonly total?: number
}

export interface BuildOptions extends QuantiseStageOptions {
  readonly input: InputMode
  /** `fixed` by default. */
  readonly weights?: WeightMode
  /** Inferences that share a proof; 1 by default. */
  readonly batch?: number
  /** Beyond them the build ends before it compiles; what the compiler can do by default. */
  readonly maximumConstraints?: number
  readonly onProgress?: (progress: BuildProgress) => void
  readonly signal?: AbortSignal
}

export interface BuildResult {
  readonly dir: string
  readonly modelHash: `0x${string}`
  readonly circuitHash: `0x${string}`
  readonly vkHash: `0x${string}`
  readonly constraints: number
  readonly wires: number
  readonly publicSignals: number
  /** Milliseconds. */
  readonly timings: Readonly<Record<BuildStage, number>>
}

/**
 * Builds a bundle: quantises, emits, compiles, makes development keys, and writes a new directory whole or not at
 * all. Everything but the keys is deterministic.
 * @param graph the optimised graph of `onnx`
 * @throws ZkserveError `BUNDLE_EXISTS`, `COMPILER_FAILED`, `CONSTRAINT_MISMATCH`, `MODEL_TOO_LARGE`,
 * `ACCURACY_TOO_LOW`, `CANCELLED`, and as {@link quantiseWithRecord}
 */
export async function buildBundle(
  onnx: Uint8Array,
  graph: Graph,
  calibration: Dataset,
  dir: string,
  options: BuildOptions,
): Promise<BuildResult> {
  return makeDirectoryWhole(dir, (staging) => fillBundle(onnx, graph, calibration, dir, staging, options))
}

async function fillBundle(
  onnx: Uint8Array,
  graph: Graph,
  calibration: Dataset,
  dir: string,
  staging: string,
  options: BuildOptions,
): Promise<BuildResult> {
  const timings = { quantise: 0, emit: 0, compile: 0, setup: 0, write: 0 }
  const timed = async <T>(stage: BuildStage, work: () => T | Promise<T>): Promise<T> => {
    throwIfCancelled(options.signal)
    options.onProgress?.({ stage })
    const start = performance.now()
    const result = await work()
    timings[stage] = performance.now() - start
    throwIfCancelled(options.signal)
    return result
  }

  const weights = options.weights ?? 'fixed'
  const { model, evaluation, record } = await timed('quantise', () => {
    const stage = quantiseWithRecord(graph, calibration, options)
    const problem = accuracyProblem(stage.evaluation, stage.record.minAgreement)
    if (problem !== null) throw problem
    const single = weights === 'fixed' ? stage.model : withCapacities(stage.model)
    return { ...stage, model: withBatch(single, options.batch ?? 1) }
  })
  const trace = traceModel(model, weights)
  const account = accountFor(model, trace, options.input)
  refuseHuge(account, options.maximumConstraints ?? maximumConstraints)
  const { source } = await timed('emit', () => emitCircuit(model, options.input, { trace }))
  const { compiled, r1cs, plan } = await timed('compile', async () => {
    const compiled = await compileCircuit(source, options.signal)
    const r1cs = readR1cs(compiled.r1cs)
    checkConstraints(account, r1cs.constraintCount)
    return { compiled, r1cs, plan: await buildPlan(model, options.input, weights, r1cs, compiled.wasm) }
  })
  const keys = await timed('setup', () =>
    developmentSetup(r1cs, {
      committed: weights === 'committed' ? weightCount(model) + 1 : 0,
      onProgress: ({ done, total }) => options.onProgress?.({ stage: 'setup', done, total }),
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  )
  const publicSignals = publicSignalLayout(model, options.input)
  const circuitHash = `0x${sha256(compiled.r1cs)}` as const
  const version = versionOf(model, circuitHash, publicSignals.length, keys)
  lintVerificationKey(version.verificationKey, { publicCount: publicSignals.length })

  const layers = reportLayers(model, trace)
  const contents = {
    'model.onnx': onnx,
    'model.q.json': serialiseQModel(model),
    'circuit.circom': new TextEncoder().encode(source),
    'circuit.r1cs': compiled.r1cs,
    'circuit.wasm': compiled.wasm,
    'witness.plan': encodePlan(plan),
    'proving.zkey': keys.zkey,
    'proving.quotient': keys.quotient,
    ...versionFiles(version.verificationKey, evaluation, layers),
    ...version.files,
  }
  const { inputRange, inputBinding, outputPacking, context, total } = account
  const manifest: Omit<ManifestBody, 'files'> = {
    schema: 'zkserve/manifest/2',
    view: 'owner',
    name: model.name,
    modelHash: version.modelHash,
    circuitHash,
    vkHash: verificationKeyHash(version.verificationKey),
    compiler: { name: compiled.compiler.name, version: compiled.compiler.version, flags: compilerFlags },
    quantisation: record,
    weights,
    ...(version.committed ? { committed: version.committed } : {}),
    inputMode: options.input,
    batch: model.batch,
    inputs: model.inputs,
    outputs: model.outputs,
    publicSignals,
    constraints: { total, inputRange, inputBinding, outputPacking, context, layers },
    wires: r1cs.wireCount,
    setup: { kind: 'development', production: false },
  }
  await timed('write', () => writeBundle(staging, manifest, contents))
  const { modelHash, vkHash, wires } = manifest
  return {
    dir,
    modelHash,
    circuitHash,
    vkHash,
    constraints: total,
    wires,
    publicSignals: publicSignals.length,
    timings,
  }
}

/** What the weights add to a bundle: a model hash and a key, with committed ones the commitment and its files. */
function versionOf(
  model: QModel,
  circuitHash: `0x${string}`,
  publicCount: number,
  { verificationKey, commitmentKey }: SetupKeys,
): Partial<CommittedParts> & Pick<CommittedParts, 'modelHash' | 'verificationKey'> {
  if (commitmentKey === null) {
    return { modelHash: `0x${sha256(serialiseQModel(model))}`, verificationKey }
  }
  return committedParts(model, circuitHash, architectureKeyOf(verificationKey, publicCount), commitmentKey)
}

/** Above this, circom as WebAssembly runs out of its 4 GB. */
export const maximumConstraints = 2 ** 21

function refuseHuge({ total }: Account, limit: number): void {
  if (total <= limit) return
  throw new ZkserveError(
    'MODEL_TOO_LARGE',
    `the circuit would have ${total} constraints, at most ${limit} are supported`,
    {
      hints: ['See `zkserve inspect` for the layers that cost most.'],
      details: { constraints: total, limit },
    },
  )
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ZkserveError('CANCELLED', 'the build was cancelled')
}

/** The accounting is exact; a difference means that a layer's formula is wrong. */
function checkConstraints(account: Account, measured: number): void {
  if (account.total === measured) return
  throw new ZkserveError(
    'CONSTRAINT_MISMATCH',
    `circom made ${measured} constraints, ${account.total} were predicted`,
    {
      details: { measured, predicted: account.total },
    },
  )
}
