/**
 * How a circuit with hidden weights multiplies: which layers have weights, where they stand among the circuit's
 * inputs, and by which algorithm. Depends on shapes alone, so that all versions of an architecture share one plan.
 */
import { type AxisTransform, axisTransform, unitRows } from '#circuits/analyse/bilinear.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QCombine, QConv, QDense, QLayer, QModel, QTensor } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

/**
 * `fixed`: weights are constants of the circuit; `committed`: they are public inputs that a set-up folds into the
 * verifying key.
 */
export type WeightMode = 'fixed' | 'committed'

/** A layer that may hold weights; a `combine` does where it has a constant. */
export type WeightLayer = QConv | QDense | QCombine

export type WeightAlgorithm =
  /** Constants are added: no product. */
  | { readonly kind: 'constants' }
  /**
   * Inner products by pairs (Winograd 1968): x₁w₁ + x₂w₂ = (x₁ + w₂)(x₂ + w₁) - x₁x₂ - w₁w₂. The products x₁x₂ serve
   * all outputs, and Σ w₁w₂ is taken from the bias before it is committed: half a product per weight.
   */
  | { readonly kind: 'pairs' }
  /** Tiles of outputs by {@link AxisTransform} along rows and columns. */
  | {
      readonly kind: 'tiles'
      readonly rows: AxisTransform
      readonly columns: AxisTransform
      /** Tiles along the height and the width. */
      readonly counts: readonly [number, number]
      /** Whether evaluated kernels are wires of their own: where several tiles use them. */
      readonly sharesKernels: boolean
    }

/** The hidden numbers of one layer. */
export interface WeightPlan {
  /** Index into {@link QModel.layers}. */
  readonly layer: number
  /** Position of its first number among the circuit's weights. */
  readonly first: number
  /** Numbers that are multiplied, then numbers that are added. */
  readonly weights: number
  readonly offsets: number
  readonly algorithm: WeightAlgorithm
}

export function isWeightLayer(layer: QLayer): layer is WeightLayer {
  if (layer.kind === 'combine') return layer.constant !== null
  return layer.kind === 'conv' || layer.kind === 'dense'
}

/** The plans of all layers with weights, in order. */
export function planWeights({ layers, tensors }: QModel): WeightPlan[] {
  let first = 0
  return layers.flatMap((layer, index): WeightPlan[] => {
    if (!isWeightLayer(layer)) return []
    const weights = layer.kind === 'combine' ? 0 : layer.weight.length
    const offsets = layer.kind === 'combine' ? layer.constant!.length : layer.bias.length
    const plan = { layer: index, first, weights, offsets, algorithm: chooseAlgorithm(layer, tensors) }
    first += weights + offsets
    return [plan]
  })
}

/** Most points of a transform: sums grow with it, and so do their integers. */
const maximumPoints = 16
/**
 * Non-zero coefficients that weigh as much as a row: those of products stand in the proving key, those of sums only
 * take time in the compiler and the set-up.
 */
const coefficientsPerRow = { product: 32, sum: 512 }

function chooseAlgorithm(layer: WeightLayer, tensors: readonly QTensor[]): WeightAlgorithm {
  if (layer.kind === 'combine') return { kind: 'constants' }
  if (layer.kind === 'dense') return { kind: 'pairs' }
  const { strides, dilations, kernel } = layer.window
  if ([...strides, ...dilations].some((each) => each !== 1)) return { kind: 'pairs' }
  const [, height, width] = planes(tensors[layer.output]!.shape)
  let best: WeightAlgorithm = { kind: 'pairs' }
  let least = pairsCost(layer, height * width)
  for (const rows of tilings(height, kernel[0])) {
    for (const columns of tilings(width, kernel[1])) {
      if (rows.transform.points * columns.transform.points === 1) continue
      const tiles = {
        kind: 'tiles' as const,
        rows: rows.transform,
        columns: columns.transform,
        counts: [rows.count, columns.count] as const,
        sharesKernels: rows.count * columns.count > 1,
      }
      const cost = tilesCost(layer, tiles, height * width)
      if (cost < least) {
        best = tiles
        least = cost
      }
    }
  }
  return best
}

interface Tiling {
  readonly count: number
  readonly transform: AxisTransform
}

/** The ways to cut an axis into even tiles; an axis without a kernel is cut into single positions. */
function tilings(length: number, taps: number): Tiling[] {
  if (taps === 1) return [{ count: length, transform: axisTransform(1, 1) }]
  const sizes = new Set(Array.from({ length }, (_, i) => Math.ceil(length / (i + 1))))
  return [...sizes]
    .filter((outputs) => outputs + taps - 1 <= maximumPoints)
    .map((outputs) => ({ count: Math.ceil(length / outputs), transform: axisTransform(outputs, taps) }))
}

/** Rows of {@link WeightAlgorithm} `pairs` on `positions` positions: shared products, then those of each output. */
function pairsCost({ weightShape, groups }: QConv, positions: number): number {
  const depth = sizeOf(weightShape.slice(1))
  const shared = groups * Math.floor(depth / 2)
  return positions * (shared + weightShape[0]! * Math.ceil(depth / 2))
}

type Tiles = Extract<WeightAlgorithm, { kind: 'tiles' }>

/** Rows of `tiles`, and what their coefficients weigh. */
function tilesCost({ weightShape, groups }: QConv, tiles: Tiles, positions: number): number {
  const { rows, columns } = tiles
  const [outputs, perGroup] = weightShape as [number, number]
  const points = rows.points * columns.points
  const count = tiles.counts[0] * tiles.counts[1]
  const products = outputs * perGroup * points * count
  const inputs = groups * perGroup * points * count
  const units = unitRows(rows) * unitRows(columns)
  const kernels = tiles.sharesKernels ? outputs * perGroup * (points - units) : 0
  const area = rows.taps * columns.taps
  const { product, sum } = coefficientsPerRow
  return (
    products * (1 + (tiles.sharesKernels ? 1 : area) / product) +
    inputs * (1 + points / sum) +
    kernels * (1 + area / sum) +
    positions * outputs * (1 + points / sum)
  )
}

/** The offsets that a layer commits to: its bias, less what {@link WeightAlgorithm} `pairs` adds too much. */
export function committedBias({ weight, bias }: QConv | QDense, algorithm: WeightAlgorithm): Float64Array {
  if (algorithm.kind !== 'pairs') return bias
  const depth = weight.length / bias.length
  return bias.map((value, o) => {
    let rest = BigInt(value)
    for (let k = 0; k + 1 < depth; k += 2) {
      rest -= BigInt(weight[o * depth + k]!) * BigInt(weight[o * depth + k + 1]!)
    }
    return Number(rest)
  })
}
