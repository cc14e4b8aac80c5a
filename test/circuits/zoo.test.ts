import { describe, expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { type FloatTensor, type Graph, sizeOf } from '#circuits/graph/graph.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { inputRange } from '#circuits/qmodel/inputs.js'
import { interpretIntegers } from '#circuits/qmodel/interpret.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { defaultQuantiseOptions } from '#circuits/quantise/options.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { infer } from '#prover/inference/infer.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { decodeOutputs, publicSignalLayout } from '#prover/inference/public-signals.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { loadOnnxruntime } from '../support/onnxruntime.js'
import { RandomSource } from '../support/random-source.js'
import { isRelease } from '../support/release.js'
import type { ZooModel } from '../support/zoo/exporter.js'
import { zoo } from '../support/zoo/models.js'

/** Compiled in every run: the smallest of each exporter; the others by the release profile. */
const compiledAlways = ['MLP', '1-D sensor net', 'Keras tabular net', 'random forest', 'QDQ CNN']
const runtime = await loadOnnxruntime()

type Rows = Map<string, FloatTensor>[]

function rowsFor(graph: Graph, { low, high }: ZooModel, count: number): Rows {
  const random = new RandomSource(count)
  const value = () => low + (random.below(2 ** 20) / 2 ** 20) * (high - low)
  return Array.from({ length: count }, () => {
    return new Map(
      graph.inputs.map(({ name, shape }) => {
        return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) }]
      }),
    )
  })
}

function load(model: ZooModel): { readonly graph: Graph; readonly calibration: Rows; readonly trial: Rows } {
  const graph = optimiseGraph(importOnnx(model.file))
  return { graph, calibration: rowsFor(graph, model, 48), trial: rowsFor(graph, model, 40) }
}

function quantise({ graph, calibration }: ReturnType<typeof load>): QModel {
  return quantiseGraph(graph, calibration, defaultQuantiseOptions)
}

describe.each(zoo.map((model) => [model.name, model] as const))('%s', (name, model) => {
  test.skipIf(runtime === null || model.isUnreadable)('gives the results of onnxruntime', async () => {
    const { graph, trial } = load(model)
    for (const row of trial.slice(0, 4)) {
      const expected = await runtime!.run(model.file, row)
      const actual = interpretGraph(graph, row)
      for (const { name: output } of graph.outputs) {
        const { data, shape } = expected.get(output)!
        const largest = Math.max(1e-2, ...data.map(Math.abs))
        expect(actual.get(output)!.shape).toEqual(shape)
        actual.get(output)!.data.forEach((value, i) => {
          expect(Math.abs(value - data[i]!)).toBeLessThan(1e-4 * largest)
        })
      }
    }
  })

  test('keeps its answers as integers', () => {
    const loaded = load(model)
    for (const { kind, error, agreement } of compareOutputs(loaded.graph, quantise(loaded), loaded.trial)) {
      // Classes differ where two scores are almost the same.
      if (kind === 'class') expect(agreement).toBeGreaterThan(0.85)
      else expect(error).toBeLessThan(model.bound)
    }
  })

  test.skipIf(!isRelease && !compiledAlways.includes(name))(
    'answers in the circuit as the integers do',
    async () => {
      await compareCircuit(quantise(load(model)))
    },
  )
})

/**
 * By output: the root mean square of differences relative to the largest value, and the share of elements that are the
 * same. A single row may differ by more: trees jump where an input lies beside a threshold.
 */
function compareOutputs(graph: Graph, model: QModel, rows: Rows) {
  const pairs = rows.map((row) => [interpretGraph(graph, row), infer(model, row).outputs] as const)
  return model.outputs.map(({ name, meaning }) => {
    const floats = pairs.flatMap(([exact]) => [...exact.get(name)!.data])
    const integers = pairs.flatMap(([, answer]) => [...answer[name]!])
    const errors = floats.map((value, i) => Math.abs(value - integers[i]!))
    return {
      kind: meaning.kind,
      error:
        Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length) /
        Math.max(...floats.map(Math.abs)),
      agreement: errors.filter((error) => error < 1e-6).length / errors.length,
    }
  })
}

/** Compiles the model; compares constraints with their count and outputs with the integers, at the ends and at random. */
async function compareCircuit(model: QModel): Promise<void> {
  const { source, account } = emitCircuit(model, 'public')
  const { r1cs, wasm } = await compileCircuit(source)
  expect(readR1cs(r1cs).constraintCount).toBe(account.total)
  const calculator = await WitnessCalculator.load(wasm)
  const layout = publicSignalLayout(model, 'public')
  const random = new RandomSource(11)
  for (let trial = 0; trial < 12; trial++) {
    const inputs = model.inputs.map((input) =>
      Float64Array.from({ length: sizeOf(input.shape) }, (_, i) => {
        const [lo, hi] = inputRange(input, i)
        if (trial < 2) return trial === 0 ? lo : hi
        return trial % 3 === 0 ? random.pick([lo, hi]) : lo + random.below(hi - lo + 1)
      }),
    )
    const lanes = inputLanes(model, inputs)
    const signals = inputSignalNames(model).map((signal, k) => [signal, lanes[k]!.map(BigInt)] as const)
    const witness = readWitness(await calculator.calculate({ ...Object.fromEntries(signals), context: 7n }))
    const values = interpretIntegers(model, inputs)
    const expected = model.outputs.map(({ name, tensor }) => [name, Array.from(values[tensor]!)])
    const found = layout.map((_, i) => fromLittleEndian(witness, 32 * (i + 1)))
    expect(decodeOutputs(model, layout, found)).toEqual(Object.fromEntries(expected))
  }
}
