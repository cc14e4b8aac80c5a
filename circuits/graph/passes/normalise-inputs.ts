/** Raw inputs for a model that expects normalised ones: the affine map goes into the layers that read it. */
import { ZkserveError } from '#circuits/errors.js'
import { evaluateNode } from '#circuits/graph/evaluate.js'
import {
  type ConvNode,
  type DenseNode,
  type FloatTensor,
  type Graph,
  type GraphNode,
  type Shape,
  sizeOf,
} from '#circuits/graph/graph.js'
import { foldConstantAdd } from '#circuits/graph/passes/fold-constant-add.js'
import { withInputs, withNodes } from '#circuits/graph/passes/rebuild.js'
import { verifyGraph } from '#circuits/graph/verify.js'

/** The model expects (raw · factor - mean) / deviation; one entry of each for all elements, or one per channel. */
export interface Normalisation {
  readonly factor: number
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** A value that is base · scale + offset, element by element; a scale of 0 stands where the base is 0 anyway. */
interface Affine {
  readonly base: string
  readonly shape: Shape
  readonly scale: Float32Array
  readonly offset: Float32Array
}

/**
 * The graph for raw inputs. Convolutions and dense layers take the map into weights and constants, exactly also at
 * padded edges; what else reads the input reads the normalised value.
 * @throws ZkserveError `USAGE` for several inputs, or where the channels do not fit axis 1
 */
export function normaliseInputs(graph: Graph, normalisation: Normalisation | null): Graph {
  if (normalisation === null) return graph
  const [input, ...others] = graph.inputs
  if (input === undefined || others.length > 0)
    throw new ZkserveError('USAGE', `inputs are normalised for models with one, not ${graph.inputs.length}`)
  const pass = new Pass(graph)
  pass.start(input.name, affineOf(input.name, input.shape, normalisation))
  const result = foldConstantAdd(withNodes(graph, pass.run()))
  verifyGraph(result)
  return result
}

function affineOf(base: string, shape: Shape, { factor, mean, deviation }: Normalisation): Affine {
  const channels = shape.length > 1 ? shape[1]! : 1
  const counts = [mean.length, deviation.length]
  if (counts.some((count) => count !== 1 && count !== channels)) {
    throw new ZkserveError(
      'USAGE',
      `input "${base}" has ${channels} channels, the normalisation ${Math.max(...counts)}`,
    )
  }
  const inner = sizeOf(shape.slice(2))
  const of = (values: readonly number[], i: number) => values[Math.floor(i / inner) % values.length]!
  const size = sizeOf(shape)
  return {
    base,
    shape,
    scale: Float32Array.from({ length: size }, (_, i) => factor / of(deviation, i)),
    offset: Float32Array.from({ length: size }, (_, i) => -of(mean, i) / of(deviation, i)),
  }
}

class Pass {
  private readonly nodes: GraphNode[] = []
  private readonly affine = new Map<string, Affine>()
  /** What a reader that takes no affine value reads instead. */
  private readonly made = new Map<string, string>()
  private readonly outputs: ReadonlySet<string>

  constructor(private readonly graph: Graph) {
    this.outputs = new Set(graph.outputs.map(({ name }) => name))
  }

  start(input: string, affine: Affine): void {
    this.affine.set(input, affine)
  }

  run(): readonly GraphNode[] {
    for (const node of this.graph.nodes) {
      const affine = 'input' in node ? this.affine.get(node.input) : undefined
      if (affine === undefined || !this.absorb(node, affine)) {
        this.nodes.push(withInputs(node, (name) => this.plain(name)))
      }
    }
    return this.nodes
  }

  private absorb(node: GraphNode, affine: Affine): boolean {
    switch (node.kind) {
      case 'reshape':
      case 'transpose':
      case 'broadcast':
        return this.move(node, node, affine)
      case 'pad':
        return this.move({ ...node, value: 0 }, node, affine)
      case 'gather':
        return this.move({ ...node, fill: 0 }, node, affine)
      case 'conv':
      case 'dense':
        return this.fold(node, affine)
      default:
        return false
    }
  }

  /** Moves base, scale and offset alike; `mapped` fills in zeros, `shifted` what the model fills in. */
  private move(mapped: GraphNode, shifted: GraphNode, affine: Affine): boolean {
    if (this.outputs.has(mapped.output)) return false
    const shape = this.graph.shapes.get(mapped.output)!
    const apply = (node: GraphNode, data: Float32Array) =>
      evaluateNode(node, [{ shape: affine.shape, data }], shape).data
    const base = this.fresh(`${mapped.output}_raw`)
    this.nodes.push({ ...withInputs(mapped, () => affine.base), output: base })
    this.affine.set(mapped.output, {
      base,
      shape,
      scale: apply(mapped, affine.scale),
      offset: apply(shifted, affine.offset),
    })
    return true
  }

  private fold(node: ConvNode | DenseNode, affine: Affine): boolean {
    const scales = columnScales(node, affine)
    if (scales === null) return false
    const shape = this.graph.shapes.get(node.output)!
    const constant = evaluateNode(
      { ...node, bias: null },
      [{ shape: affine.shape, data: affine.offset }],
      shape,
    )
    const linear = this.fresh(`${node.output}_raw`)
    const weight: FloatTensor = {
      shape: node.weight.shape,
      data: node.weight.data.map((value, i) => value * scales[columnAt(node, i)]!),
    }
    this.nodes.push({ ...node, input: affine.base, weight, output: linear })
    const name = `${node.name}_mean`
    this.nodes.push({
      kind: 'addConstant',
      name,
      operator: 'Add',
      input: linear,
      constant,
      output: node.output,
    })
    return true
  }

  /** The name of a value with its map carried out. */
  private plain(name: string): string {
    const affine = this.affine.get(name)
    if (affine === undefined) return name
    const known = this.made.get(name)
    if (known !== undefined) return known
    const isInput = this.graph.inputs.some((input) => input.name === name)
    const output = isInput ? this.fresh(`${name}_normalised`) : name
    const scaled = this.fresh(`${name}_scaled`)
    const tensor = (data: Float32Array): FloatTensor => ({ shape: affine.shape, data })
    this.nodes.push(
      {
        kind: 'multiplyConstant',
        ...{ name: scaled, operator: 'Mul', input: affine.base, output: scaled },
        constant: tensor(affine.scale),
      },
      {
        kind: 'addConstant',
        ...{ name: `${name}_shifted`, operator: 'Add', input: scaled, output },
        constant: tensor(affine.offset),
      },
    )
    this.made.set(name, output)
    return output
  }

  private fresh(name: string): string {
    let free = name
    while (this.graph.shapes.has(free)) free += '_'
    return free
  }
}

/** Scale of each input column of a linear node, or null where the elements of one column differ. */
function columnScales(node: ConvNode | DenseNode, { shape, scale }: Affine): Float32Array | null {
  const axis = node.kind === 'conv' ? 1 : shape.length - 1
  const inner = sizeOf(shape.slice(axis + 1))
  const columns = new Float32Array(shape[axis]!)
  for (let i = 0; i < scale.length; i++) {
    const column = Math.floor(i / inner) % columns.length
    const value = scale[i]!
    if (value === 0 || value === columns[column]) continue
    if (columns[column] !== 0) return null
    columns[column] = value
  }
  return columns
}

/** The input column that the weight at flat position `index` multiplies. */
function columnAt(node: ConvNode | DenseNode, index: number): number {
  const [outputs, perGroup] = node.weight.shape as readonly [number, number]
  if (node.kind === 'dense') return index % perGroup
  const taps = sizeOf(node.weight.shape.slice(2))
  const output = Math.floor(index / (taps * perGroup))
  return Math.floor(output / (outputs / node.groups)) * perGroup + (Math.floor(index / taps) % perGroup)
}
