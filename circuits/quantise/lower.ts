/** Float graph → integer layers. */
import { ZkserveError } from '#circuits/errors.js'
import { type Graph, type GraphNode, sizeOf } from '#circuits/graph/graph.js'
import { broadcastIndices, padIndices, transposeIndices } from '#circuits/graph/kernels/indices.js'
import { countReaders } from '#circuits/graph/passes/rebuild.js'
import type { QInput, QOutput } from '#circuits/qmodel/qmodel.js'
import type { LayerBuilder } from '#circuits/quantise/build.js'
import type { Range } from '#circuits/quantise/calibrate.js'
import { type Expression, type ReindexExpression, settledUnit } from '#circuits/quantise/expression.js'
import { inputWidthOf, type QuantiseOptions } from '#circuits/quantise/options.js'
import { Settler } from '#circuits/quantise/settle.js'

/** Integer layers whose bounds are not computed yet. */
export interface LoweredModel {
  readonly builder: LayerBuilder
  readonly inputs: readonly QInput[]
  readonly outputs: readonly Omit<QOutput, 'meaning'>[]
}

/**
 * Lowers a graph.
 * @param coarser output units are made coarser by 2^coarser, for outputs that would not fit 32 bits
 * @throws ZkserveError `UNSUPPORTED_SHAPE`
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
  private readonly expressions = new Map<string, Expression>()
  private readonly readers: ReadonlyMap<string, number>

  constructor(
    private readonly graph: Graph,
    private readonly ranges: ReadonlyMap<string, Range>,
    private readonly options: QuantiseOptions,
    coarser: number,
  ) {
    this.settler = new Settler(ranges, options, coarser)
    this.readers = countReaders(graph)
  }

  run(): LoweredModel {
    const inputs = this.graph.inputs.map(({ name, shape }) => this.lowerInput(name, shape))
    const outputs: LoweredModel['outputs'][number][] = []
    const activations = new Map<string, QOutput['activation']>()
    for (const node of this.graph.nodes) {
      if (node.kind === 'softmax') {
        activations.set(node.output, { kind: 'softmax', axis: node.axis, axisEnd: node.axisEnd })
        this.expressions.set(node.output, this.expressions.get(node.input)!)
      } else {
        this.expressions.set(node.output, this.shared(node.output, this.lowerNode(node)))
      }
    }
    for (const { name, shape } of this.graph.outputs) {
      const expression = this.expressions.get(name)!
      const { id, unit } = this.settler.finishOutput(expression, name)
      outputs.push({ name, tensor: id, shape, scale: unit, activation: activations.get(name) ?? null })
    }
    return { builder: this.settler.builder, inputs, outputs }
  }

  private lowerInput(name: string, shape: readonly number[]): QInput {
    const bits = inputWidthOf(this.options, name)
    const range = this.ranges.get(name)!
    const levels = 2 ** bits - 1
    const { inputGrid } = this.options
    const scale =
      inputGrid?.scale ?? ((range.max - range.min) / levels || Math.abs(range.max) / levels || 1 / levels)
    const lo = inputGrid?.low ?? Math.round(range.min / scale)
    const id = this.settler.builder.tensor(name, shape, [scale], 0)
    this.expressions.set(name, {
      kind: 'tensor',
      id,
      unit: scale,
      meanSquare: range.meanSquare,
      name,
      operator: 'Input',
      shape,
    })
    return { name, tensor: id, shape, scales: [scale], lows: [lo], bits }
  }

  private lowerNode(node: GraphNode): Expression {
    const shape = this.graph.shapes.get(node.output)!
    const base = { name: node.name, operator: node.operator, shape }
    const input = (name: string) => this.expressions.get(name)!
    const settled = (name: string) => this.settler.settle(input(name), name)
    const meanSquare = (name: string) => this.ranges.get(name)!.meanSquare
    switch (node.kind) {
      case 'conv':
      case 'dense':
        return {
          kind: 'linear',
          ...base,
          node,
          input: settled(node.input),
          meanSquare: meanSquare(node.input),
        }
      case 'affine':
        return {
          kind: 'scale',
          ...base,
          node,
          input: settled(node.input),
          meanSquare: meanSquare(node.input),
        }
      case 'add':
        return { kind: 'sum', ...base, terms: node.inputs.map(input), constant: null }
      case 'addConstant':
        return { kind: 'sum', ...base, terms: [input(node.input)], constant: node.constant.data }
      case 'relu':
        return this.settler.rescale(input(node.input), node.output, { ...base, relu: true })
      case 'maxPool':
        return { kind: 'maximum', ...base, node, input: input(node.input) }
      case 'averagePool':
        return { kind: 'mean', ...base, node, input: input(node.input) }
      case 'reshape':
        return this.reindex(
          base,
          Int32Array.from({ length: sizeOf(shape) }, (_, i) => i),
          input(node.input),
        )
      case 'transpose':
        return this.reindex(
          base,
          transposeIndices(input(node.input).shape, node.permutation),
          input(node.input),
        )
      case 'broadcast':
        return this.reindex(base, broadcastIndices(input(node.input).shape, shape), input(node.input))
      case 'pad': {
        const indices = new Int32Array(sizeOf(shape)).fill(-1)
        padIndices(input(node.input).shape, shape, node.before).forEach((target, source) => {
          indices[target] = source
        })
        return { kind: 'reindex', ...base, indices, fill: node.value, input: input(node.input) }
      }
      case 'softmax':
        return input(node.input)
      case 'argMax':
        return this.settler.argMax(input(node.input), node.axis, node.input, {
          ...base,
          selectLast: node.selectLast,
        })
      default:
        throw new ZkserveError(
          'UNSUPPORTED_OPERATOR',
          `${node.operator} "${node.name}" cannot be turned into integers`,
        )
    }
  }

  private reindex(
    base: Pick<Expression, 'name' | 'operator' | 'shape'>,
    indices: Int32Array,
    input: Expression,
  ): ReindexExpression {
    return { kind: 'reindex', ...base, indices, fill: 0, input }
  }

  /** A value that several nodes read becomes a tensor, so that its work is done once. */
  private shared(name: string, expression: Expression): Expression {
    if ((this.readers.get(name) ?? 0) < 2 || expression.kind === 'tensor') return expression
    const settled = this.settler.settle(expression, name)
    const unit = settledUnit(settled)!
    const { meanSquare } = this.ranges.get(name)!
    return { ...settled, kind: 'tensor', id: this.settler.builder.build(settled, [unit]), unit, meanSquare }
  }
}
