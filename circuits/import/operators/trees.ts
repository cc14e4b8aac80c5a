import type { OperatorCall } from '#circuits/import/operator-call.js'
import {
  type ClassLabels,
  countLabels,
  featureRow,
  finishLabel,
  finishScores,
  readLabels,
  transformScores,
} from '#circuits/import/operators/classes.js'
import { addStep, finish } from '#circuits/import/operators/steps.js'
import { nodeKey, type ReadTrees, readTrees, readWeights } from '#circuits/import/operators/tree-nodes.js'

/** What leaves add to which output: `target`, `class`. */
interface LeafWeights {
  readonly data: Float32Array
  /** Outputs that some leaf has a weight for. */
  readonly outputs: ReadonlySet<number>
  /** Outputs that get a weight whatever the input is: every leaf of some tree has one. */
  readonly always: ReadonlySet<number>
  readonly isNegative: boolean
}

/** TreeEnsembleRegressor: the sum or mean of what trees lead to. */
export function readTreeEnsembleRegressor(call: OperatorCall): void {
  const targets = call.attributes.int('n_targets', 1)
  if (!(targets >= 1)) call.refuse(`has ${targets} targets`)
  const aggregate = call.attributes.string('aggregate_function', 'SUM')
  if (aggregate !== 'SUM' && aggregate !== 'AVERAGE')
    call.unsupported(`has aggregate_function "${aggregate}"`)
  const transform = call.attributes.string('post_transform', 'NONE')
  // Runtimes leave one target as it is, ONNX does not say so.
  if (targets === 1 && transform !== 'NONE')
    call.unsupported(`has post_transform "${transform}" of one target`)
  const trees = readTrees(call)
  const { data } = readLeafWeights(call, trees, 'target', targets)
  const divisor = aggregate === 'AVERAGE' ? trees.roots.length : 1
  const base = readBase(call)
  if (base.length !== 0 && base.length !== targets)
    call.refuse(`has ${base.length} base values for ${targets} targets`)
  const sum = addTrees(
    call,
    trees,
    data.map((value) => value / divisor),
    targets,
    base,
  )
  finish(call, transformScores(call, sum, transform))
}

/** TreeEnsembleClassifier: the label of the largest sum, and the sums. Two classes follow onnxruntime's rules. */
export function readTreeEnsembleClassifier(call: OperatorCall): void {
  const labels = readLabels(call, 'classlabels_int64s', 'classlabels_strings')
  const transform = call.attributes.string('post_transform', 'NONE')
  const classes = countLabels(labels)
  if (classes < 2) call.unsupported(`has ${classes} classes`)
  const trees = readTrees(call)
  const weights = readLeafWeights(call, trees, 'class', classes)
  const base = readBase(call)
  if (classes === 2 && weights.outputs.size === 1) {
    readOneScore(call, trees, weights, base, labels, transform)
    return
  }
  if (base.length !== 0 && (base.length !== classes || classes === 2)) {
    call.unsupported(`has ${base.length} base values for ${classes} classes`)
  }
  // A class that no leaf spoke of loses against negative sums; the circuit counts it as 0.
  const isAlways = weights.always.size === classes || base.length > 0
  if (!isAlways && (weights.isNegative || classes === 2))
    call.unsupported('has leaves without a weight for each class')
  const scores = addTrees(call, trees, weights.data, classes, base)
  // Of two classes the second wins where its sum is positive.
  finishLabel(
    call,
    classes === 2
      ? combine(
          call,
          scores,
          [
            [0, 0],
            [0, 1],
          ],
          [0, 0],
        )
      : scores,
    labels,
  )
  finishScores(call, scores, transform)
}

/** Two classes with one sum s: a probability where no weight is negative, else a score whose sign tells. */
function readOneScore(
  call: OperatorCall,
  trees: ReadTrees,
  { data, outputs, isNegative }: LeafWeights,
  base: readonly number[],
  labels: ClassLabels,
  transform: string,
): void {
  if (base.length > 1) call.unsupported(`has ${base.length} base values for one score`)
  const isSecond = outputs.has(1)
  if (isSecond && base.length > 0) call.unsupported('has a base value for the first of two classes alone')
  const single = Float32Array.from(
    { length: data.length / 2 },
    (_, leaf) => data[2 * leaf + (isSecond ? 1 : 0)]!,
  )
  const score = addTrees(call, trees, single, 1, base)
  const halves = combine(call, score, [[-0.5], [0.5]], [0, 0])
  finishLabel(call, isNegative ? halves : combine(call, score, [[-0.5], [0.5]], [0.5, 0]), labels)
  if (isSecond) finishScores(call, combine(call, score, [[0], [1]], [0, 0]), transform)
  // σ(−s) and σ(s) are the softmax of −s/2 and s/2.
  else if (transform === 'LOGISTIC') finishScores(call, halves, 'SOFTMAX')
  else
    finishScores(
      call,
      combine(call, score, [[-1], [1]], [isNegative ? 0 : 1, 0]),
      requirePlain(call, transform),
    )
}

/** Runtimes ignore the transform of a single sum that they complete to two. */
function requirePlain(call: OperatorCall, transform: string): string {
  if (transform === 'PROBIT') call.unsupported(`has post_transform "${transform}"`)
  return 'NONE'
}

function combine(
  call: OperatorCall,
  input: string,
  rows: readonly (readonly number[])[],
  bias: readonly number[],
): string {
  return addStep(call, {
    kind: 'dense',
    input,
    weight: { shape: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) },
    bias: { shape: [rows.length], data: Float32Array.from(bias) },
  })
}

function readBase(call: OperatorCall): readonly number[] {
  const base = [...readWeights(call, 'base_values')]
  if (!base.every(Number.isFinite)) call.refuse('has base values that are not finite')
  return base
}

function addTrees(
  call: OperatorCall,
  { decisions, roots }: ReadTrees,
  data: Float32Array,
  outputs: number,
  base: readonly number[],
): string {
  return addStep(call, {
    kind: 'treeEnsemble',
    input: featureRow(call),
    decisions,
    roots,
    leaves: { shape: [data.length / outputs, outputs], data },
    base: {
      shape: [outputs],
      data: Float32Array.from({ length: outputs }, (_, output) => base[output] ?? 0),
    },
  })
}

/** Reads `target_…` or `class_…`: weights [leaves, outputs], those of one leaf and output added up. */
function readLeafWeights(
  call: OperatorCall,
  trees: ReadTrees,
  kind: 'target' | 'class',
  outputs: number,
): LeafWeights {
  const treeIds = call.attributes.ints(`${kind}_treeids`, [])
  const nodeIds = call.attributes.ints(`${kind}_nodeids`, [])
  const ids = call.attributes.ints(`${kind}_ids`, [])
  const weights = readWeights(call, `${kind}_weights`)
  if ([nodeIds, ids, weights].some((list) => list.length !== treeIds.length)) {
    call.refuse('has lists of leaf weights of different lengths')
  }
  call.builder.claimElements(trees.leaves.size * outputs)
  const data = new Float32Array(trees.leaves.size * outputs)
  const given = new Uint8Array(data.length)
  for (const [index, tree] of treeIds.entries()) {
    const key = nodeKey(tree, nodeIds[index]!)
    const leaf = trees.leaves.get(key) ?? call.refuse(`has a weight for ${key}, which is no leaf`)
    const output = ids[index]!
    if (!(output >= 0 && output < outputs)) call.refuse(`has a weight for output ${output} of ${outputs}`)
    data[leaf * outputs + output]! += weights[index]!
    given[leaf * outputs + output] = 1
  }
  if (!data.every(Number.isFinite)) call.refuse('has leaf weights that are not finite')
  const always = Array.from({ length: outputs }, (_, output) => output).filter((output) =>
    trees.leavesOfTree.some((leaves) => leaves.every((leaf) => given[leaf * outputs + output] === 1)),
  )
  const isNegative = Array.from(weights).some((weight) => weight < 0)
  return { data, outputs: new Set(ids), always: new Set(always), isNegative }
}
