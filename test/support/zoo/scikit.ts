/** Models as skl2onnx writes them: labels and probabilities, ZipMap at the end. */
import { Exporter, type ZooModel } from './exporter.js'

const range = { low: -2, high: 2 } as const

/** Probabilities become a list of dictionaries. */
function zipMap(net: Exporter, probabilities: string, classes: number): string {
  const [list] = net.learned('ZipMap', 1, [probabilities], {
    classlabels_int64s: Array.from({ length: classes }, (_, id) => id),
  })
  return list!
}

/** A pipeline of StandardScaler and LogisticRegression. */
export function logistic(): ZooModel {
  const net = new Exporter(15, 30)
  const [features, classes] = [5, 3]
  const [scaled] = net.learned('Scaler', 1, [net.input('X', ['N', features])], {
    offset: { floats: net.list(features, -0.5, 0.5) },
    scale: { floats: net.list(features, 0.5, 1.5) },
  })
  const [label, scores] = net.learned('LinearClassifier', 2, [scaled!], {
    classlabels_ints: [0, 1, 2],
    coefficients: { floats: net.list(features * classes, -1, 1) },
    intercepts: { floats: net.list(classes, -0.5, 0.5) },
    multi_class: 1,
    post_transform: 'SOFTMAX',
  })
  const [probabilities] = net.learned('Normalizer', 1, [scores!], { norm: 'L1' })
  const file = net.file({ name: label!, type: 'int64' }, zipMap(net, probabilities!, classes))
  return { name: 'logistic regression', file, ...range, bound: 0.015, isUnreadable: true }
}

interface Nodes {
  readonly treeids: number[]
  readonly nodeids: number[]
  readonly featureids: number[]
  readonly values: number[]
  readonly modes: string[]
  readonly yes: number[]
  readonly no: number[]
  readonly leaves: [tree: number, node: number][]
}

/** Complete trees of a depth; nodes in the order of scikit-learn, a parent before its children. */
function forest(net: Exporter, trees: number, depth: number, features: number): Nodes {
  const nodes: Nodes = {
    treeids: [],
    nodeids: [],
    featureids: [],
    values: [],
    modes: [],
    yes: [],
    no: [],
    leaves: [],
  }
  for (let tree = 0; tree < trees; tree++) {
    let next = 0
    const grow = (left: number): number => {
      const [id, at] = [next++, nodes.nodeids.length]
      nodes.treeids.push(tree)
      nodes.nodeids.push(id)
      nodes.featureids.push(left === 0 ? 0 : net.integerList(1, 0, features - 1)[0]!)
      nodes.values.push(left === 0 ? 0 : net.list(1, -1.5, 1.5)[0]!)
      nodes.modes.push(left === 0 ? 'LEAF' : 'BRANCH_LEQ')
      nodes.yes.push(0)
      nodes.no.push(0)
      if (left === 0) nodes.leaves.push([tree, id])
      else {
        nodes.yes[at] = grow(left - 1)
        nodes.no[at] = grow(left - 1)
      }
      return id
    }
    grow(depth)
  }
  return nodes
}

function treeAttributes(nodes: Nodes) {
  return {
    nodes_falsenodeids: nodes.no,
    nodes_featureids: nodes.featureids,
    nodes_hitrates: { floats: nodes.values.map(() => 1) },
    nodes_missing_value_tracks_true: nodes.values.map(() => 0),
    nodes_modes: { strings: nodes.modes },
    nodes_nodeids: nodes.nodeids,
    nodes_treeids: nodes.treeids,
    nodes_truenodeids: nodes.yes,
    nodes_values: { floats: nodes.values },
  }
}

export function randomForest(): ZooModel {
  const net = new Exporter(17, 31)
  const [features, classes, trees] = [4, 3, 4]
  const nodes = forest(net, trees, 3, features)
  const votes = nodes.leaves.flatMap(([tree, node]) => {
    const weights = net.list(classes, 0, 1)
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return weights.map((weight, id) => ({ tree, node, id, weight: weight / sum / trees }))
  })
  const [label, probabilities] = net.learned('TreeEnsembleClassifier', 2, [net.input('X', ['N', features])], {
    class_ids: votes.map(({ id }) => id),
    class_nodeids: votes.map(({ node }) => node),
    class_treeids: votes.map(({ tree }) => tree),
    class_weights: { floats: votes.map(({ weight }) => weight) },
    classlabels_int64s: [0, 1, 2],
    ...treeAttributes(nodes),
    post_transform: 'NONE',
  })
  zipMap(net, probabilities!, classes)
  return {
    name: 'random forest',
    file: net.file({ name: label!, type: 'int64' }, probabilities!),
    ...range,
    bound: 0.04,
  }
}

export function boostedRegressor(): ZooModel {
  const net = new Exporter(15, 32)
  const nodes = forest(net, 5, 2, 3)
  const [value] = net.learned('TreeEnsembleRegressor', 1, [net.input('X', ['N', 3])], {
    aggregate_function: 'SUM',
    base_values: { floats: [0.7] },
    n_targets: 1,
    ...treeAttributes(nodes),
    post_transform: 'NONE',
    target_ids: nodes.leaves.map(() => 0),
    target_nodeids: nodes.leaves.map(([, node]) => node),
    target_treeids: nodes.leaves.map(([tree]) => tree),
    target_weights: { floats: net.list(nodes.leaves.length, -1, 1) },
  })
  return { name: 'gradient boosting', file: net.file(value!), ...range, bound: 0.015 }
}

export function linearRegression(): ZooModel {
  const net = new Exporter(13, 33)
  const [value] = net.learned('LinearRegressor', 1, [net.input('X', ['N', 4])], {
    coefficients: { floats: net.list(4, -1, 1) },
    intercepts: { floats: [0.3] },
  })
  return { name: 'linear regression', file: net.file(value!), ...range, bound: 0.015 }
}

export const scikitModels = [logistic, randomForest, boostedRegressor, linearRegression] as const
