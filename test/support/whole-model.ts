import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { inputSignalNames } from '#circuits/emit/inputs.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { inputRange, quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { readBundleFile } from '#prover/bundle/load.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { inferIntegers } from '#prover/inference/infer.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { decodeOutputs } from '#prover/inference/public-signals.js'
import { inspectModel } from '#prover/inspect.js'
import { type ProvingFiles, proveInference, readProvingFiles } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { defaultSettings } from '#prover/settings.js'
import { type ProofFile, proofFileOf, verifyProofFile } from '#prover/verify.js'
import { type SignalValues, WitnessCalculator } from '#prover/witness/calculate.js'
import type { ProjectModel } from '#service/demo/project-models.js'
import { PlanJudge } from './planned-witness.js'
import { type BuiltModel, builtModel } from './project-bundle.js'
import { randomIntegers } from './qmodel-builder.js'
import { randomSource } from './random-graph.js'

export interface WholeModelOptions {
  /** Rows of the test data whose witness is compared. */
  readonly rows: number
  /** What the circuit may cost at most. */
  readonly mostConstraints: number
}

/** Milliseconds: the largest model's build beside other work on two cores. */
const buildTimeout = 400_000

const salt = 1234567890123456789n
const context = 42n
const binding = { chainId: 1, verifier: `0x${'2'.repeat(40)}`, requester: `0x${'0'.repeat(40)}`, nonce: 7 }

/** A built model, with a proof of its first row. */
export interface WholeModel extends BuiltModel {
  readonly files: ProvingFiles
  readonly proof: ProofFile
}

/** The tests of a project model as a whole; what they leave is given to `also`. */
export function describeModel(
  name: ProjectModel,
  { rows, mostConstraints }: WholeModelOptions,
  also: (whole: () => WholeModel) => void = () => {},
): void {
  describe(name, () => {
    let built: BuiltModel
    let files: ProvingFiles
    let prover: Prover
    let proof: ProofFile
    beforeAll(async () => {
      built = await builtModel(name)
      files = await readProvingFiles(built.bundle)
      prover = createSnarkjsProver()
      const proven = await proveInference(
        built.bundle,
        prover,
        datasetRow(built.source.test, 0),
        { context: binding },
        files,
      )
      proof = proofFileOf(built.bundle, proven)
    }, buildTimeout)
    afterAll(() => prover.close())

    test('costs what is predicted without compiling it', async () => {
      const { source, bundle } = built
      const inspection = inspectModel(source.graph, source.calibration, {
        ...defaultSettings,
        input: 'hashed',
      })
      const { total, layers, ...overhead } = bundle.manifest.constraints
      const r1cs = readR1cs(await readBundleFile(bundle, 'circuit.r1cs'))
      expect(r1cs.constraintCount).toBe(total)
      expect(inspection.constraints).toBe(total)
      expect(inspection.layers).toEqual(layers)
      expect(inspection.overhead).toEqual(overhead)
      expect(total).toBeLessThanOrEqual(mostConstraints)
    })

    test('is as accurate as the float model, but for one row', () => {
      const { source, bundle } = built
      const { count, floatAccuracy, integerAccuracy } = evaluate(source.graph, bundle.model, source.test)
      expect(count).toBeGreaterThanOrEqual(200)
      expect(floatAccuracy).toBeGreaterThan(0.95)
      expect(Math.round((floatAccuracy! - integerAccuracy!) * count)).toBeLessThanOrEqual(1)
    })

    test('gives in the circuit what the integer model gives, on real and on extreme inputs', async () => {
      const { source, bundle } = built
      const { model, manifest } = bundle
      const planned = PlanJudge.ofFile(await readBundleFile(bundle, 'witness.plan'))
      const circom = await WitnessCalculator.load(await readBundleFile(bundle, 'circuit.wasm'))
      const real = Array.from({ length: rows }, (_, row) => {
        return quantiseInputs(model, datasetRow(source.test, row)).integers
      })
      for (const integers of [...real, ...extremeInputs(model)]) {
        const inputs = signalsOf(model, inputLanes(model, integers))
        const wtns = await circom.calculate(inputs)
        planned.compare(inputs, wtns)
        const witness = readWitness(wtns)
        const signals = manifest.publicSignals.map((_, i) => fromLittleEndian(witness, 32 * (i + 1)))
        expect(decodeOutputs(model, manifest.publicSignals, signals)).toEqual(
          inferIntegers(model, integers).integers,
        )
        expect(signals[0]).toBe(await commitInputs(model, integers, salt))
        expect(signals.at(-1)).toBe(context)
      }
    })

    test('has no witness for lanes out of range', async () => {
      // circom's calculator tells of every broken constraint.
      const spy = vi.spyOn(console, 'error').mockReturnValue()
      onTestFinished(() => spy.mockRestore())
      const { model } = built.bundle
      const { bits, shape } = model.inputs[0]!
      const lanes = inputLanes(model, extremeInputs(model)[0]!)
      const top = 2n ** BigInt(bits)
      for (const at of [0, Math.floor(sizeOf(shape) / 2), sizeOf(shape) - 1]) {
        for (const lane of [top, top + 1n, 2n * top, scalarModulus - 1n, scalarModulus - top, 1n << 252n]) {
          const signals = signalsOf(model, lanes)
          const [first] = inputSignalNames(model)
          const changed = { ...signals, [first!]: (signals[first!] as readonly bigint[]).with(at, lane) }
          await expect(files.witnesses.calculate(changed)).rejects.toThrow(
            expect.objectContaining({ code: 'PROVING_FAILED' }),
          )
        }
      }
      await files.witnesses.calculate(signalsOf(model, lanes))
    })

    test('proves a row, and the proof says what the integer model says', async () => {
      const { source, bundle } = built
      const { integers } = quantiseInputs(bundle.model, datasetRow(source.test, 0))
      const expected = inferIntegers(bundle.model, integers)
      const { valid, claim } = await verifyProofFile(bundle, proof)
      expect(valid).toBe(true)
      expect([claim?.integers, claim?.label]).toEqual([expected.integers, expected.label])
      const changed = { ...proof, publicSignals: proof.publicSignals.with(1, '5') }
      expect((await verifyProofFile(bundle, changed)).valid).toBe(false)
    })

    also(() => ({ ...built, files, proof }))
  })
}

function signalsOf(model: QModel, lanes: readonly (readonly number[])[]): SignalValues {
  const named = inputSignalNames(model).map((name, k) => [name, lanes[k]!.map(BigInt)])
  return { ...Object.fromEntries(named), salt, context }
}

/** All low, all high, alternating, one spike, and random. */
function extremeInputs(model: QModel): Float64Array[][] {
  const random = randomSource(9)
  const [lo, hi] = inputRange(model.inputs[0]!, 0)
  const { shape } = model.inputs[0]!
  const all = (of: (i: number) => number) => [Float64Array.from({ length: sizeOf(shape) }, (_, i) => of(i))]
  return [
    all(() => lo),
    all(() => hi),
    all((i) => (i % 2 === 0 ? lo : hi)),
    all((i) => (i % 2 === 0 ? hi : lo)),
    all((i) => (i === 17 ? hi : lo)),
    [randomIntegers(random, shape, lo, hi)],
    [randomIntegers(random, shape, lo, hi)],
  ]
}
