/**
 * A slow twin of the integer interpreter: bigints, coordinates instead of offsets, every layer as its definition
 * in circuits/qmodel/qmodel.ts reads.
 */
import type { Shape, Window } from '#circuits/graph/graph.js'
import type { QLayer, QModel, QRescale, QTable } from '#circuits/qmodel/qmodel.js'

/** An integer tensor read by coordinates. */
class Grid {
  constructor(
    readonly shape: Shape,
    readonly data: readonly bigint[],
  ) {}

  /** The element at a coordinate, or null outside. */
  at(...coordinate: number[]): bigint | null {
    let offset = 0
    for (const [axis, index] of coordinate.entries()) {
      if (index < 0 || index >= this.shape[axis]!) return null
      offset = offset * this.shape[axis]! + index
    }
    return this.data[offset]!
  }

  /** A grid filled by coordinate, last axis fastest. */
  static fill(shape: Shape, of: (coordinate: number[]) => bigint): Grid {
    const visit = (prefix: number[]): bigint[] =>
      prefix.length === shape.length
        ? [of(prefix)]
        : Array.from({ length: shape[prefix.length]! }, (_, i) => visit([...prefix, i])).flat()
    return new Grid(shape, visit([]))
  }
}

/** All taps of a window position: coordinates in the input, which may lie outside, and the tap. */
function taps({ kernel, strides, pads, dilations }: Window, row: number, column: number) {
  const all: { y: number; x: number; i: number; j: number }[] = []
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const y = row * strides[0] + i * dilations[0] - pads[0]
      all.push({ y, x: column * strides[1] + j * dilations[1] - pads[1], i, j })
    }
  }
  return all
}

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

function largestOf(values: readonly bigint[]): bigint {
  let largest = values[0]!
  for (const value of values) if (value > largest) largest = value
  return largest
}

/** The one factor, or that of the coordinate's channel. */
function pick<T>(factors: readonly T[], axis: number, coordinate: readonly number[]): T {
  return factors.length === 1 ? factors[0]! : factors[coordinate[axis]!]!
}

function rescaled(
  value: bigint,
  layer: QRescale | QTable,
  coordinate: readonly number[],
  low: number | null,
  width: number | null,
): bigint {
  const shift = BigInt(pick(layer.shifts, layer.channelAxis, coordinate))
  let result = value
  if (shift > 0n) {
    const divisor = 1n << shift
    const shifted = value + divisor / 2n
    const remainder = ((shifted % divisor) + divisor) % divisor
    result = (shifted - remainder) / divisor
  }
  if (low === null) return result
  if (result < BigInt(low)) result = BigInt(low)
  const most = width === null ? null : BigInt(low) + (1n << BigInt(width)) - 1n
  return most !== null && result > most ? most : result
}

function run(layer: QLayer, grids: readonly Grid[], shape: Shape): Grid {
  switch (layer.kind) {
    case 'conv': {
      const input = grids[layer.input]!
      const [outputs, perGroup] = layer.weightShape as [number, number]
      const weight = new Grid(layer.weightShape, Array.from(layer.weight, BigInt))
      return Grid.fill(shape, ([, o, row, column]) => {
        const group = Math.floor((o! * layer.groups) / outputs)
        const products = Array.from({ length: perGroup }, (_, c) =>
          taps(layer.window, row!, column!).map(
            ({ y, x, i, j }) => (input.at(0, group * perGroup + c, y, x) ?? 0n) * weight.at(o!, c, i, j)!,
          ),
        )
        return sum(products.flat()) + BigInt(layer.bias[o!]!)
      })
    }
    case 'dense': {
      const input = grids[layer.input]!
      const weight = new Grid(layer.weightShape, Array.from(layer.weight, BigInt))
      return Grid.fill(shape, (coordinate) => {
        const [before, n] = [coordinate.slice(0, -1), coordinate.at(-1)!]
        const products = Array.from(
          { length: layer.weightShape[1]! },
          (_, k) => input.at(...before, k)! * weight.at(n, k)!,
        )
        return sum(products) + BigInt(layer.bias[n]!)
      })
    }
    case 'combine': {
      const constant = new Grid(shape, Array.from(layer.constant ?? [], BigInt))
      return Grid.fill(shape, (coordinate) => {
        const terms = layer.terms.map(({ input, factors }) => {
          return BigInt(pick(factors, layer.channelAxis, coordinate)) * grids[input]!.at(...coordinate)!
        })
        return sum(terms) + (layer.constant ? constant.at(...coordinate)! : 0n)
      })
    }
    case 'windowSum': {
      const factors = new Grid(shape.slice(2), layer.factors.map(BigInt))
      return Grid.fill(shape, ([, c, row, column]) => {
        const values = taps(layer.window, row!, column!).map(({ y, x }) =>
          grids[layer.input]!.at(0, c!, y, x),
        )
        return sum(values.map((value) => value ?? 0n)) * factors.at(row!, column!)!
      })
    }
    case 'reindex': {
      const data = layer.inputs.flatMap((id) => grids[id]!.data)
      return new Grid(
        shape,
        Array.from(layer.indices, (index) => (index === -1 ? BigInt(layer.fill) : data[index]!)),
      )
    }
    case 'maxPool':
      return Grid.fill(shape, ([, c, row, column]) => {
        const values = taps(layer.window, row!, column!)
          .map(({ y, x }) => grids[layer.input]!.at(0, c!, y, x))
          .filter((value) => value !== null)
        return largestOf(values)
      })
    case 'rescale': {
      const input = grids[layer.input]!
      return Grid.fill(shape, (coordinate) =>
        rescaled(input.at(...coordinate)!, layer, coordinate, layer.low, layer.saturate),
      )
    }
    case 'table': {
      const input = grids[layer.input]!
      return Grid.fill(shape, (coordinate) => {
        const key = rescaled(input.at(...coordinate)!, layer, coordinate, layer.low, layer.bits)
        return BigInt(pick(layer.tables, layer.channelAxis, coordinate)[Number(key) - layer.low]!)
      })
    }
    case 'matMul': {
      const { batch, rows, depth, columns } = layer
      const left = new Grid([batch, rows, depth], grids[layer.left]!.data)
      const right = new Grid([batch, depth, columns], grids[layer.right]!.data)
      const product = Grid.fill([batch, rows, columns], ([b, i, j]) =>
        sum(Array.from({ length: depth }, (_, k) => left.at(b!, i!, k)! * right.at(b!, k, j!)!)),
      )
      return new Grid(shape, product.data)
    }
    case 'topK':
      return new Grid(
        shape,
        rowsOf(grids[layer.input]!).flatMap((row) => {
          const descending = row.toSorted((a, b) => (a < b ? 1 : -1))
          return descending.slice(0, layer.count)
        }),
      )
    case 'argMax':
      return new Grid(
        shape,
        rowsOf(grids[layer.input]!).map((row) => {
          const largest = largestOf(row)
          return BigInt(layer.selectLast ? row.lastIndexOf(largest) : row.indexOf(largest))
        }),
      )
  }
}

/** The rows of the last axis. */
function rowsOf({ shape, data }: Grid): bigint[][] {
  const length = shape.at(-1) ?? 1
  return Array.from({ length: data.length / length }, (_, row) =>
    data.slice(row * length, (row + 1) * length),
  )
}

/** The values of every tensor, by tensor id. */
export function interpretWithBigints(
  model: QModel,
  inputs: readonly (readonly bigint[])[],
): (readonly bigint[])[] {
  const grids: Grid[] = []
  model.inputs.forEach(({ tensor, shape }, i) => {
    grids[tensor] = new Grid(shape, inputs[i]!)
  })
  for (const layer of model.layers) {
    grids[layer.output] = run(layer, grids, model.tensors[layer.output]!.shape)
  }
  return grids.map(({ data }) => data)
}
