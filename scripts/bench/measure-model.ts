import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Manifest, manifestName } from '#prover/bundle/manifest.js'
import { snapshotBatchGas } from '#scripts/bench/gas-snapshot.js'
import type { GasMeasure, ModelResult } from '#scripts/bench/result.js'
import { runTask } from '#scripts/bench/run-task.js'
import type { BenchSource } from '#scripts/bench/sources.js'

const batchSize = 32

/** A batch is proven where that takes no longer than this, in ms; else the gas snapshot stands for it. */
const batchBudget = 60_000

/** Measures one model, step by step, each in a process of its own; leaves nothing behind. */
export async function measureModel(
  source: BenchSource,
  runs: number,
  onStep: (step: string) => void,
): Promise<ModelResult> {
  const folder = await mkdtemp(join(tmpdir(), 'zkserve-bench-'))
  try {
    return await measureIn(folder, source, runs, onStep)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureIn(
  folder: string,
  source: BenchSource,
  runs: number,
  onStep: (step: string) => void,
): Promise<ModelResult> {
  const { name, origin, onnx, test, weights, batch } = source
  const dir = join(folder, 'bundle')
  const data = await calibrationFile(folder, source)
  const loadAverage = loadavg()[0]!
  onStep('build')
  const build = await runTask('build', { name, onnx, calibration: data, dir, weights, batch })
  const manifest = JSON.parse(await readFile(join(dir, manifestName), 'utf8')) as Manifest
  onStep('prove')
  const prove = await runTask('prove', { dir, data, runs })
  onStep('accuracy')
  const accuracy = await runTask('accuracy', { name, onnx, dir, test })
  onStep('gas')
  const gas = await measureGas(dir, data, prove.result.median.prove, manifest.publicSignals.length)
  return {
    name,
    origin,
    batch,
    loadAverage,
    compiler: manifest.compiler,
    constraints: manifest.constraints,
    wires: manifest.wires,
    publicSignals: manifest.publicSignals.length,
    files: Object.fromEntries(Object.entries(manifest.files).map(([file, { bytes }]) => [file, bytes])),
    build: build.result,
    prove: prove.result,
    memory: { build: build.peakMemory, compiler: build.childPeakMemory, prove: prove.peakMemory },
    accuracy: accuracy.result,
    gas,
  }
}

async function calibrationFile(folder: string, source: BenchSource): Promise<string> {
  const { name, onnx, test, calibration } = source
  if ('file' in calibration) return calibration.file
  const file = join(folder, 'calibration.json')
  await runTask('prepare', { name, onnx, test, rows: calibration.firstTestRows, file })
  return file
}

async function measureGas(
  dir: string,
  data: string,
  proveTime: number,
  publicSignals: number,
): Promise<GasMeasure> {
  const measured = proveTime * batchSize <= batchBudget
  const { result } = await runTask('gas', { dir, data, batchSize: measured ? batchSize : 0 })
  if (result.batchEach !== null) return { ...result, batchSize, batchSource: 'measured' }
  const batchEach = await snapshotBatchGas(batchSize, publicSignals)
  return { ...result, batchSize, batchEach, batchSource: batchEach === null ? null : 'snapshot' }
}
