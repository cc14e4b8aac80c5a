/** Convolutions by tiles: which evaluated inputs are wires of their own, and what the products cost. */
import { unitRows } from '#circuits/analyse/bilinear.js'
import type { Element, WireTable } from '#circuits/analyse/element.js'
import type { Interval } from '#circuits/analyse/form.js'
import { knownValue, signalElement } from '#circuits/analyse/fresh-element.js'
import { convTaps } from '#circuits/analyse/taps.js'
import type { WeightAlgorithm } from '#circuits/analyse/weight-plan.js'
import type { QConv, QTensor } from '#circuits/qmodel/qmodel.js'
import { planes } from '#circuits/qmodel/window.js'

export type Tiles = Extract<WeightAlgorithm, { kind: 'tiles' }>

/** An evaluated input: known to be one number, another wire as it stands, or a sum that takes a row. */
type Evaluated = { readonly kind: 'known'; readonly value: bigint } | { readonly kind: 'wire' | 'sum' }

export interface TracedTiles {
  /** By [input channel][tile][point]: the value of an evaluated input that all inputs share; null if none has one. */
  readonly known: readonly (bigint | null)[] | null
  readonly constraints: number
  readonly elements: readonly Element[]
}

export function traceTiles(
  layer: QConv,
  tiles: Tiles,
  tensors: readonly QTensor[],
  input: readonly Element[],
  wires: WireTable,
  capacity: Interval,
): TracedTiles {
  const { rows, columns, counts } = tiles
  const [outputs, perGroup] = layer.weightShape as [number, number]
  const [, outHeight, outWidth] = planes(tensors[layer.output]!.shape)
  const points = rows.points * columns.points
  const tileCount = counts[0] * counts[1]
  const evaluated = evaluateInputs(layer, tiles, tensors, input)
  const known = evaluated.map((each) => (each.kind === 'known' ? each.value : null))
  let constraints = evaluated.filter(({ kind }) => kind === 'sum').length
  if (tiles.sharesKernels) {
    constraints += outputs * perGroup * (points - unitRows(rows) * unitRows(columns))
  }
  const products = known.filter((value) => value === null).length
  constraints += products * (outputs / layer.groups)
  const isKnown = known.some((value) => value !== null)
  /** Whether a group's output at a place within a tile reads any product with an input that is no number. */
  const readsProducts = (group: number, tile: number, y: number, x: number): boolean =>
    !isKnown ||
    Array.from({ length: perGroup * points }, (_, i) => {
      const [row, column] = [Math.floor((i % points) / columns.points), i % columns.points]
      if (!rows.output[row]![y] || !columns.output[column]![x]) return false
      const channel = group * perGroup + Math.floor(i / points)
      return known[(channel * tileCount + tile) * points + (i % points)] === null
    }).includes(true)
  const values = input.map(knownValue)
  const biases = Array.from({ length: outputs }, () => signalElement(capacity, wires))
  const elements = Array.from({ length: outputs * outHeight * outWidth }, (_, i) => {
    const o = Math.floor(i / (outHeight * outWidth))
    const [y, x] = [Math.floor(i / outWidth) % outHeight, i % outWidth]
    const tile = Math.floor(y / rows.outputs) * counts[1] + Math.floor(x / columns.outputs)
    const group = Math.floor(o / (outputs / layer.groups))
    const isBias =
      !readsProducts(group, tile, y % rows.outputs, x % columns.outputs) &&
      convTaps(layer, tensors, values, group, y, x).every((tap) => tap === 0)
    // circom merges a signal with the bias that it equals.
    if (isBias) return biases[o]!
    constraints++
    return signalElement(capacity, wires)
  })
  return { known: isKnown ? known : null, constraints, elements }
}

/** By [input channel][tile][point]. */
function evaluateInputs(
  layer: QConv,
  { rows, columns, counts }: Tiles,
  tensors: readonly QTensor[],
  input: readonly Element[],
): Evaluated[] {
  const [channels, height, width] = planes(tensors[layer.input]!.shape)
  const independent = areIndependent(input)
  const result: Evaluated[] = []
  for (let c = 0; c < channels; c++) {
    for (let tile = 0; tile < counts[0] * counts[1]; tile++) {
      const top = Math.floor(tile / counts[1]) * rows.outputs - layer.window.pads[0]
      const left = (tile % counts[1]) * columns.outputs - layer.window.pads[1]
      for (const alongColumn of rows.input) {
        for (const alongRow of columns.input) {
          const sum = new ExactSum(independent)
          alongColumn.forEach((a, i) => {
            const y = top + i
            if (a === 0n || y < 0 || y >= height || sum.isDecided) return
            alongRow.forEach((b, j) => {
              const x = left + j
              if (b !== 0n && x >= 0 && x < width) sum.add(input[(c * height + y) * width + x]!, a * b)
            })
          })
          result.push(sum.finish())
        }
      }
    }
  }
  return result
}

/** Whether all elements are single wires, none twice: then no sum of them cancels. */
function areIndependent(elements: readonly Element[]): boolean {
  const seen = new Set<number>()
  for (const { form } of elements) {
    if (form.wires.length > 1) return false
    for (const wire of form.wires) {
      if (seen.has(wire)) return false
      seen.add(wire)
    }
  }
  return true
}

/** A sum of elements with factors beyond 53 bits, of which only the structure is asked for. */
class ExactSum {
  private readonly factors = new Map<number, bigint>()
  private constant = 0n

  constructor(private readonly independent: boolean) {}

  /** Whether more terms change nothing. */
  get isDecided(): boolean {
    return this.independent && this.factors.size > 1
  }

  add({ form }: Element, factor: bigint): void {
    this.constant += factor * BigInt(form.constant)
    form.wires.forEach((wire, i) => {
      this.factors.set(wire, (this.factors.get(wire) ?? 0n) + factor * BigInt(form.factors[i]!))
    })
  }

  finish(): Evaluated {
    const factors = [...this.factors.values()].filter((factor) => factor !== 0n)
    if (factors.length === 0) return { kind: 'known', value: this.constant }
    const isWire = factors.length === 1 && factors[0] === 1n && this.constant === 0n
    return { kind: isWire ? 'wire' : 'sum' }
  }
}
