/** Float graph → integer layers. */
import { type Graph, type GraphNode, nodeInputs, type Shape, sizeOf } from '#circuits/graph/graph.js'
import { concatenateIndices } from '#circuits/graph/kernels/concatenate.js'
import { broadcastIndices, padIndices, transposeIndices } from '#circuits/graph/kernels/indices.js'
import { countReaders } from '#circuits/graph/passes/rebuild.js'
import type { QInput, QLayer, QOutput } from '#circuits/qmodel/qmodel.js'
import type { LayerBuilder } from '#circuits/quantise/build.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import { functionChains } from '#circuits/quantise/chains.js'
import { columnsOf } from '#circuits/quantise/columns.js'
import { type Expression, isWide, settledUnit } from '#circuits/quantise/expression.js'
import { columnGridsFor, gridOf, inputGridFor } from '#circuits/quantise/grids.js'
import { joined } from '#circuits/quantise/join.js'
import { type QuantiseOptions, weightBits } from '#circuits/quantise/options.js'
import {
  elementwiseProduct,
  matrixProduct,
  scaledColumns,
  timesConstant,
} from '#circuits/quantise/products.js'
import { largestIndex, Selections } from '#circuits/quantise/select.js'
import { Settler, type Target } from '#circuits/quantise/settle.js'
import { sumOf } from '#circuits/quantise/sums.js'
import type { Grid } from '#circuits/quantise/tables.js'
import { treesOf } from '#circuits/quantise/trees.js'

/** Integer layers whose bounds are not computed yet. */
export interface LoweredModel {
  readonly builder: LayerBuilder
  readonly inputs: readonly QInput[]
  readonly outputs: readonly Omit<QOutput, 'meaning'>[]
  /** Layers whose saturation is part of what the model says: no choice of gadgets may drop it. */
  readonly exactSaturations: ReadonlySet<QLayer>
}

/**
 * Lowers a graph.
 * @param coarser output units are made coarser by 2^coarser, for outputs that would not fit 32 bits
 * @throws ZkserveError `UNSUPPORTED_SHAPE`, `UNSUPPORTED_OPERATOR`
 */
export function lowerGraph(
  graph: Graph,
  ranges: ReadonlyMap<string, Range>,
  options: QuantiseOptions,
  coarser: number,
): LoweredModel {
  return new Lowering(graph, ranges, options, coarser).run()
}

class Lowering {
  private readonly settler: Settler
  private readonly selections: Selections
  private readonly expressions = new Map<string, Expression>()
  private readonly readers: ReadonlyMap<string, number>
  private readonly functions: ReturnType<typeof functionChains>

  constructor(
    private readonly graph: Graph,
    private readonly ranges: ReadonlyMap<string, Range>,
    private readonly options: QuantiseOptions,
    coarser: number,
  ) {
    const feedsProducts = graph.nodes.some(({ kind }) => kind === 'multiply' || kind === 'matMul')
    this.settler = new Settler(ranges, options, coarser, feedsProducts)
    this.selections = new Selections(graph, this.settler)
    this.readers = countReaders(graph)
    this.functions = functionChains(graph)
  }

  run(): LoweredModel {
    const inputs = this.graph.inputs.map(({ name, shape }) => this.lowerInput(name, shape))
    const outputs: LoweredModel['outputs'][number][] = []
    const activations = new Map<string, QOutput['activation']>()
    for (const node of this.graph.nodes) {
      if (node.kind === 'softmax') {
        const kind = node.logarithm === true ? 'logSoftmax' : 'softmax'
        activations.set(node.output, { kind, axis: node.axis, axisEnd: node.axisEnd })
        this.expressions.set(node.output, this.expressions.get(node.input)!)
      } else if (!this.functions.between.has(node.output)) {
        this.expressions.set(node.output, this.shared(node.output, this.lowerNode(node)))
      }
    }
    for (const { name, shape } of this.graph.outputs) {
      const expression = this.expressions.get(name)!
      const { id, unit } = this.settler.finishOutput(expression, name)
      outputs.push({ name, tensor: id, shape, scale: unit, activation: activations.get(name) ?? null })
    }
    const { builder, exactSaturations } = this.settler
    return { builder, inputs, outputs, exactSaturations }
  }

  private lowerInput(name: string, shape: Shape): QInput {
    const range = this.ranges.get(name)!
    const base = { name, operator: 'Input', shape }
    const grids = columnGridsFor(this.graph, name, range, this.options)
    if (grids !== null) return this.lowerColumns(base, grids, range.columns!)
    const { unit, low, bits } = inputGridFor(this.graph, name, range, this.options)
    const id = this.settler.builder.tensor(name, shape, [unit], 0)
    const rest = { meanSquare: range.meanSquare, wide: false, window: { low, bits } }
    this.expressions.set(name, { kind: 'tensor', id, unit, ...rest, ...base })
    return { name, tensor: id, shape, scales: [unit], lows: [low], bits }
  }

  /** An input each of whose columns has a grid of its own: values lie evenly around the middle of it. */
  private lowerColumns(base: Target, grids: readonly Grid[], columns: readonly Range[]): QInput {
    const { name, shape } = base
    const [units, lows] = [grids.map(({ unit }) => unit), grids.map(({ low }) => low)]
    const id = this.settler.builder.tensor(name, shape, units, 1)
    const centres = columns.map(({ min, max }) => (min + max) / 2)
    const meanSquares = columns.map(({ min, max }) => (max - min) ** 2 / 12)
    this.expressions.set(name, { kind: 'mixed', ...base, id, units, centres, meanSquares, windows: grids })
    return { name, tensor: id, shape, scales: units, lows, bits: grids[0]!.bits }
  }

  private lowerNode(node: GraphNode): Expression {
    const shape = this.graph.shapes.get(node.output)!
    const base = { name: node.name, operator: node.operator, shape }
    const names = nodeInputs(node)
    const inputs = names.map((name) => this.expressions.get(name)!)
    const input = inputs[0]!
    const { settler } = this
    const chain = this.functions.chains.get(node.output)
    if (chain !== undefined) {
      return settler.table(this.expressions.get(chain.source)!, node.output, chain, base)
    }
    switch (node.kind) {
      case 'conv':
      case 'dense': {
        const { meanSquare } = this.ranges.get(node.input)!
        return { kind: 'linear', ...base, node, input: this.linearInput(node), meanSquare, extraBits: 0 }
      }
      case 'affine': {
        const [factors, offsets] = [node.scale.data, node.offset.data]
        if (input.kind === 'mixed' && input.shape.length === 2)
          return scaledColumns(base, input, factors, offsets)
        const { meanSquare } = this.ranges.get(node.input)!
        const settled = settler.settle(input, node.input)
        return {
          kind: 'scale',
          ...base,
          axis: 1,
          factors,
          offsets,
          centres: null,
          input: settled,
          meanSquare,
        }
      }
      case 'add':
        return sumOf(settler, base, inputs, names, null)
      case 'addConstant':
        return sumOf(settler, base, inputs, names, node.constant.data)
      case 'multiply':
        return elementwiseProduct(settler, base, inputs, names, this.ranges.get(node.output)!)
      case 'matMul':
        return matrixProduct(settler, base, inputs, names, this.ranges.get(node.output)!)
      case 'multiplyConstant':
        return timesConstant(settler, base, input, node, this.ranges.get(node.input)!)
      case 'relu':
        return settler.rescale(input, node.output, { ...base, relu: true })
      case 'clip':
        if (node.low === 0 && node.high === null)
          return settler.rescale(input, node.output, { ...base, relu: true })
        return settler.clip(input, node.output, node, base)
      case 'quantise':
        return settler.quantise(input, node.output, gridOf(node), base)
      case 'maxPool':
        return { kind: 'maximum', ...base, node, input: settler.ofOneUnit(input, node.input) }
      case 'averagePool':
        return { kind: 'mean', ...base, node, input }
      case 'reshape':
        return this.reindex(
          base,
          Int32Array.from({ length: sizeOf(shape) }, (_, i) => i),
          input,
        )
      case 'transpose':
        return this.reindex(base, transposeIndices(input.shape, node.permutation), input)
      case 'broadcast':
        return this.reindex(base, broadcastIndices(input.shape, shape), input)
      case 'gather':
        return this.reindex(base, node.indices, input, node.fill)
      case 'pad': {
        const indices = new Int32Array(sizeOf(shape)).fill(-1)
        padIndices(input.shape, shape, node.before).forEach((target, source) => {
          indices[target] = source
        })
        return this.reindex(base, indices, input, node.value)
      }
      case 'concat': {
        const indices = concatenateIndices(
          inputs.map((each) => each.shape),
          node.axis,
        )
        const terms = inputs.map((expression, i) => ({
          expression,
          range: this.ranges.get(names[i]!)!,
          name: names[i]!,
        }))
        return joined(settler, this.graph, base, {
          node,
          terms,
          indices,
          range: this.ranges.get(node.output)!,
        })
      }
      case 'elementwise':
        throw new TypeError(`"${node.output}" is made by no table`)
      case 'softmax':
        return input
      case 'argMax':
        return largestIndex(settler, base, input, node)
      case 'topK':
        return this.selections.lower(base, input, node)
      case 'treeEnsemble':
        return treesOf(settler, base, input, node)
    }
  }

  /** What a linear node reads: of one unit, or of one for each column that its weights take in. */
  private linearInput(node: GraphNode & { readonly kind: 'conv' | 'dense' }): Expression {
    const input = this.expressions.get(node.input)!
    if (input.kind === 'mixed' && columnsOf(input, node) !== null) return input
    const settled = this.settler.settle(input, node.input)
    if (!isWide(settled)) return settled
    // Wide integers widen every sum, which has to fit an output at last; to rescale them costs once for each.
    const unit = settledUnit(settled)!
    const { min, max } = this.ranges.get(node.input)!
    const wide = Math.log2(Math.max(max, -min) / unit + 1) + 2
    if (wide + weightBits(this.options) + Math.log2(node.weight.data.length) > 32) {
      return this.settler.narrow(settled, node.input)
    }
    const sums = sizeOf(this.graph.shapes.get(node.output)!) * (wide - this.options.bits)
    const rescales = sizeOf(input.shape) * (wide + 1)
    return sums < rescales ? settled : this.settler.narrow(settled, node.input)
  }

  private reindex(
    base: Pick<Expression, 'name' | 'operator' | 'shape'>,
    indices: Int32Array,
    input: Expression,
    fill = 0,
  ): Expression {
    if (input.kind !== 'mixed') return { kind: 'reindex', ...base, indices, fill, input }
    const taken = <T>(values: readonly T[], other: T) =>
      Array.from(indices, (at) => (at < 0 ? other : values[at]!))
    const [unit] = input.units as readonly [number]
    const units = taken(input.units, unit)
    const integer = Math.round(fill / unit)
    const id = this.settler.builder.reindexed({ ...base, indices, fill: integer }, [input.id], [unit])
    const windows = input.windows && taken(input.windows, { low: integer, bits: 1 })
    const centres = taken(input.centres, fill)
    return { ...input, ...base, id, units, centres, meanSquares: taken(input.meanSquares, 0), windows }
  }

  /** A value that several nodes read becomes a tensor, so that its work is done once. */
  private shared(name: string, expression: Expression): Expression {
    const isTensor = expression.kind === 'tensor' || expression.kind === 'mixed'
    if ((this.readers.get(name) ?? 0) < 2 || isTensor) return expression
    return this.settler.tensorOf(this.settler.settle(expression, name), name)
  }
}
