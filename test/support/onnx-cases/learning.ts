/** Generators of the operators of ai.onnx.ml: what scikit-learn's models become. */
import type { Generator } from './generator.js'
import type { OnnxCase, Result } from './onnx-case.js'

const domain = { name: 'ai.onnx.ml', version: 3 } as const

interface Tree {
  readonly treeids: number[]
  readonly nodeids: number[]
  readonly featureids: number[]
  readonly values: number[]
  readonly modes: string[]
  readonly truenodeids: number[]
  readonly falsenodeids: number[]
  readonly leaves: { readonly tree: number; readonly node: number }[]
}

/** Random trees over some features; thresholds lie off the grid that inputs lie on. */
function drawTrees(draw: OnnxCase, features: number, mode: string): Tree {
  const tree: Tree = {
    treeids: [],
    nodeids: [],
    featureids: [],
    values: [],
    modes: [],
    truenodeids: [],
    falsenodeids: [],
    leaves: [],
  }
  const count = draw.between(1, 3)
  for (let id = 0; id < count; id++) {
    let nodes = 0
    const grow = (depth: number): number => {
      const node = nodes++
      const at = tree.nodeids.length
      const isLeaf = depth === 0 || draw.chance(0.2)
      tree.treeids.push(id)
      tree.nodeids.push(node)
      tree.featureids.push(isLeaf ? 0 : draw.below(features))
      tree.values.push(isLeaf ? 0 : draw.pick([draw.number(), draw.between(-2, 2)]))
      tree.modes.push(isLeaf ? 'LEAF' : mode)
      tree.truenodeids.push(0)
      tree.falsenodeids.push(0)
      if (isLeaf) {
        tree.leaves.push({ tree: id, node })
        return node
      }
      tree.truenodeids[at] = grow(depth - 1)
      tree.falsenodeids[at] = grow(depth - 1)
      return node
    }
    grow(draw.between(0, 3))
  }
  return tree
}

function treeAttributes(tree: Tree) {
  return {
    nodes_treeids: tree.treeids,
    nodes_nodeids: tree.nodeids,
    nodes_featureids: tree.featureids,
    nodes_values: { floats: tree.values },
    nodes_modes: { strings: tree.modes },
    nodes_truenodeids: tree.truenodeids,
    nodes_falsenodeids: tree.falsenodeids,
  }
}

const comparison = (draw: OnnxCase): string =>
  draw.pick(['BRANCH_LEQ', 'BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT'])

/** Numbers on a grid, so that some equal a threshold. */
const grid = (draw: OnnxCase) => ({ low: -3, high: 3, grid: draw.chance(0.5) })

function classifierOutputs(names: readonly string[], draw: OnnxCase): Result {
  const [label, scores] = names as [string, string]
  const both = [
    { name: label, type: 'int64' },
    { name: scores, type: 'float' },
  ] as const
  return draw.pick([both, [both[1]]])
}

export const learningGenerators: readonly Generator[] = [
  {
    operator: 'LinearClassifier',
    since: 7,
    make(draw) {
      const [features, classes] = [draw.between(1, 5), draw.between(2, 4)]
      const names = draw.nodes(
        'LinearClassifier',
        2,
        [draw.value([1, features])],
        {
          coefficients: { floats: draw.numbers(features * classes) },
          intercepts: { floats: draw.numbers(classes) },
          classlabels_ints: Array.from({ length: classes }, (_, label) => label),
          post_transform: draw.maybe(draw.pick(['NONE', 'SOFTMAX', 'LOGISTIC'])),
          multi_class: draw.maybe(1),
        },
        domain,
      )
      return classifierOutputs(names, draw)
    },
  },
  {
    operator: 'LinearRegressor',
    since: 7,
    make(draw) {
      const [features, targets] = [draw.between(1, 5), draw.between(1, 3)]
      return draw.node(
        'LinearRegressor',
        [draw.value([1, features])],
        {
          coefficients: { floats: draw.numbers(features * targets) },
          intercepts: draw.maybe({ floats: draw.numbers(targets) }),
          targets: targets === 1 ? draw.maybe(1) : targets,
        },
        domain,
      )
    },
  },
  {
    operator: 'Scaler',
    since: 7,
    make(draw) {
      const features = draw.between(1, 5)
      const count = draw.pick([1, features])
      const attributes = {
        offset: { floats: draw.numbers(count) },
        scale: { floats: draw.numbers(count) },
      }
      return draw.node('Scaler', [draw.value([1, features])], attributes, domain)
    },
  },
  {
    operator: 'Normalizer',
    since: 7,
    make(draw) {
      const norm = draw.maybe(draw.pick(['MAX', 'L1', 'L2']))
      return draw.node('Normalizer', [draw.value([1, draw.between(1, 5)], { low: 0.1 })], { norm }, domain)
    },
  },
  {
    operator: 'TreeEnsembleRegressor',
    since: 7,
    make(draw) {
      const [features, targets] = [draw.between(1, 4), draw.between(1, 2)]
      const tree = drawTrees(draw, features, comparison(draw))
      const leaves = tree.leaves.flatMap((leaf) =>
        Array.from({ length: targets }, (_, id) => ({ ...leaf, id })),
      )
      return draw.node(
        'TreeEnsembleRegressor',
        [draw.value([1, features], grid(draw))],
        {
          ...treeAttributes(tree),
          n_targets: targets,
          target_treeids: leaves.map((leaf) => leaf.tree),
          target_nodeids: leaves.map((leaf) => leaf.node),
          target_ids: leaves.map((leaf) => leaf.id),
          target_weights: { floats: draw.numbers(leaves.length) },
          base_values: draw.maybe({ floats: draw.numbers(targets) }),
          aggregate_function: draw.maybe(draw.pick(['SUM', 'AVERAGE'])),
        },
        domain,
      )
    },
  },
  {
    operator: 'TreeEnsembleClassifier',
    since: 7,
    make(draw) {
      const [features, classes] = [draw.between(1, 4), draw.between(2, 4)]
      const tree = drawTrees(draw, features, comparison(draw))
      const isBinary = classes === 2 && draw.chance(0.5)
      const ids = isBinary ? [draw.pick([0, 1])] : Array.from({ length: classes }, (_, id) => id)
      const leaves = tree.leaves.flatMap((leaf) => ids.map((id) => ({ ...leaf, id })))
      const names = draw.nodes(
        'TreeEnsembleClassifier',
        2,
        [draw.value([1, features], grid(draw))],
        {
          ...treeAttributes(tree),
          class_treeids: leaves.map((leaf) => leaf.tree),
          class_nodeids: leaves.map((leaf) => leaf.node),
          class_ids: leaves.map((leaf) => leaf.id),
          class_weights: { floats: draw.numbers(leaves.length, { low: isBinary ? -1 : 0, high: 1 }) },
          classlabels_int64s: Array.from({ length: classes }, (_, label) => label),
          base_values: isBinary ? undefined : draw.maybe({ floats: draw.numbers(classes) }),
          post_transform: draw.maybe(draw.pick(isBinary ? ['NONE', 'LOGISTIC'] : ['NONE', 'SOFTMAX'])),
        },
        domain,
      )
      return classifierOutputs(names, draw)
    },
  },
  {
    operator: 'ArrayFeatureExtractor',
    since: 7,
    make(draw) {
      const features = draw.between(1, 5)
      const places = Array.from({ length: draw.between(1, 4) }, () => draw.below(features))
      const inputs = [draw.value([1, features]), draw.integers(...places)]
      return draw.node('ArrayFeatureExtractor', inputs, {}, domain)
    },
  },
  {
    operator: 'FeatureVectorizer',
    since: 7,
    make(draw) {
      const counts = Array.from({ length: draw.between(1, 3) }, () => draw.between(1, 4))
      const inputs = counts.map((count) => draw.value([1, count]))
      return draw.node('FeatureVectorizer', inputs, { inputdimensions: counts }, domain)
    },
  },
  {
    operator: 'Imputer',
    since: 7,
    make(draw) {
      const attributes = {
        replaced_value_float: { float: Number.NaN },
        imputed_value_floats: { floats: [1] },
      }
      return draw.node('Imputer', [draw.value([1, draw.between(1, 5)])], attributes, domain)
    },
  },
]
