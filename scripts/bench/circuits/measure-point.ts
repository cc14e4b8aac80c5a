import { emitCircuit } from '#circuits/emit/emit.js'
import { toZkserveError } from '#circuits/errors.js'
import { type FloatTensor, type Graph, sizeOf } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { withCapacities } from '#circuits/quantise/capacities.js'
import { quantiseGraph } from '#circuits/quantise/quantise.js'
import { compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { type SweepPoint, sweepModel } from '#scripts/bench/circuits/sweep.js'

/** What was found of a point. */
export interface PointResult extends SweepPoint {
  /** Elements of all outputs. */
  readonly outputs: number
  /** Constraints as the analysis counts them. */
  readonly predicted: number
  /** Constraints of the layers alone: without input range, commitment, output packing and context. */
  readonly layers: number
  /** Constraints as circom compiled them. */
  readonly measured: number
  /** Bytes of Circom text. */
  readonly sourceBytes: number
  /** Milliseconds of importing, quantising and emitting; and of circom. */
  readonly emitTime: number
  readonly compileTime: number
}

/** A point that has no circuit, and why. */
export interface PointFailure extends SweepPoint {
  readonly code: string
  readonly message: string
}

/** Builds the circuit of a point and counts; inputs are public, as their commitment costs the same whatever follows. */
export async function measurePoint(point: SweepPoint): Promise<PointResult | PointFailure> {
  const start = performance.now()
  try {
    const graph = optimiseGraph(importOnnx(sweepModel(point)))
    const rows = Array.from({ length: 16 }, (_, row) => calibrationRow(graph, row))
    const fixed = quantiseGraph(graph, rows, { bits: point.bits, output: 'logits' })
    const model = point.weights === 'committed' ? withCapacities(fixed) : fixed
    const { source, account } = emitCircuit(model, 'public', { weights: point.weights })
    const emitTime = performance.now() - start
    const { r1cs } = await compileCircuit(source)
    return {
      ...point,
      outputs: model.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      predicted: account.total,
      layers: account.layers.reduce((sum, count) => sum + count, 0),
      measured: readR1cs(r1cs).constraintCount,
      sourceBytes: Buffer.byteLength(source),
      emitTime: Math.round(emitTime),
      compileTime: Math.round(performance.now() - start - emitTime),
    }
  } catch (error) {
    const { code, message } = toZkserveError(error)
    return { ...point, code, message }
  }
}

/** Fixed pseudo-random inputs in [-1, 1). */
function calibrationRow(graph: Graph, row: number): Map<string, FloatTensor> {
  let state = row + 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  return new Map(
    graph.inputs.map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, next) },
    ]),
  )
}
