import type { TreeDecision } from '#circuits/graph/graph.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'

/** Trees in the order that the graph wants: children after parents, leaves counted apart. */
export interface ReadTrees {
  readonly decisions: readonly TreeDecision[]
  readonly roots: readonly number[]
  /** The number of a leaf by tree and node. */
  readonly leaves: ReadonlyMap<string, number>
  /** For each tree the numbers of its leaves. */
  readonly leavesOfTree: readonly (readonly number[])[]
}

interface FileNode {
  readonly tree: number
  readonly feature: number
  readonly value: number
  readonly mode: string
  readonly yes: string
  readonly no: string
}

/** The name of a node among those of all trees. */
export function nodeKey(tree: number, node: number): string {
  return `${tree}/${node}`
}

/** Reads the attributes `nodes_…` of a tree ensemble. Throws `INVALID_ONNX` where they form no trees. */
export function readTrees(call: OperatorCall): ReadTrees {
  const nodes = readFileNodes(call)
  const children = new Set<string>()
  for (const node of nodes.values()) {
    if (node.mode !== 'LEAF') for (const child of [node.yes, node.no]) children.add(child)
  }
  const decisions: TreeDecision[] = []
  const leaves = new Map<string, number>()
  const leavesOfTree = new Map<number, number[]>()
  const roots: number[] = []
  for (const [key, { tree }] of nodes) {
    if (children.has(key)) continue
    if (leavesOfTree.has(tree)) call.refuse(`has several roots in tree ${tree}`)
    leavesOfTree.set(tree, [])
    roots.push(addTree(key, leavesOfTree.get(tree)!))
  }
  if (decisions.length + leaves.size !== nodes.size) call.refuse('has nodes that no root leads to')
  return { decisions, roots, leaves, leavesOfTree: [...leavesOfTree.values()] }

  /** Walks with a stack of its own: trees can be deep. Returns the index of the root. */
  function addTree(root: string, own: number[]): number {
    const seen = new Set<string>()
    const made: { yes: number; no: number; feature: number; threshold: number }[] = []
    const open: { readonly key: string; readonly link: (index: number) => void }[] = []
    let start = 0
    open.push({ key: root, link: (index) => (start = index) })
    const first = decisions.length
    while (open.length > 0) {
      const { key, link } = open.pop()!
      const node = nodes.get(key) ?? call.refuse(`leads to a node ${key} that does not exist`)
      if (seen.has(key)) call.refuse(`reaches node ${key} twice`)
      seen.add(key)
      if (node.mode === 'LEAF') {
        const leaf = leaves.size
        leaves.set(key, leaf)
        own.push(leaf)
        link(-1 - leaf)
        continue
      }
      link(first + made.length)
      const { threshold, isTurned } = readComparison(call, node)
      const decision = { feature: node.feature, threshold, yes: 0, no: 0 }
      made.push(decision)
      const toYes = (index: number): void => {
        if (isTurned) decision.no = index
        else decision.yes = index
      }
      const toNo = (index: number): void => {
        if (isTurned) decision.yes = index
        else decision.no = index
      }
      open.push({ key: node.no, link: toNo }, { key: node.yes, link: toYes })
    }
    decisions.push(...made)
    return start
  }
}

function readFileNodes(call: OperatorCall): ReadonlyMap<string, FileNode> {
  const { attributes } = call
  const trees = attributes.ints('nodes_treeids', [])
  const ids = attributes.ints('nodes_nodeids', [])
  const features = attributes.ints('nodes_featureids', [])
  const modes = attributes.strings('nodes_modes', [])
  const yes = attributes.ints('nodes_truenodeids', [])
  const no = attributes.ints('nodes_falsenodeids', [])
  const values = readWeights(call, 'nodes_values')
  // How often branches were taken in training, and where missing values go: inputs here are never missing.
  readWeights(call, 'nodes_hitrates')
  attributes.ints('nodes_missing_value_tracks_true', [])
  const count = ids.length
  if ([trees, features, modes, yes, no, values].some((list) => list.length !== count) || count === 0) {
    call.refuse('has lists of nodes of different lengths, or none')
  }
  call.builder.claimElements(count)
  const nodes = new Map<string, FileNode>()
  for (let index = 0; index < count; index++) {
    const tree = trees[index]!
    const key = nodeKey(tree, ids[index]!)
    if (nodes.has(key)) call.refuse(`has two nodes ${key}`)
    if (!(features[index]! >= 0)) call.refuse(`has a feature ${features[index]}`)
    nodes.set(key, {
      tree,
      feature: features[index]!,
      value: values[index]!,
      mode: modes[index]!,
      yes: nodeKey(tree, yes[index]!),
      no: nodeKey(tree, no[index]!),
    })
  }
  return nodes
}

/** Numbers as a list of floats or, from ai.onnx.ml 3, as a tensor. */
export function readWeights(call: OperatorCall, name: string): ArrayLike<number> & Iterable<number> {
  const floats = call.attributes.floats(name, null)
  const tensor = call.attributes.tensor(`${name}_as_tensor`)
  return floats !== null && floats.length > 0 ? Float32Array.from(floats) : (tensor?.data ?? [])
}

/** A branch as x ≤ threshold, with its children exchanged where `isTurned`: x < t is x ≤ the float32 before t. */
function readComparison(
  call: OperatorCall,
  { mode, value }: FileNode,
): { threshold: number; isTurned: boolean } {
  if (!Number.isFinite(value)) call.refuse(`has a threshold ${value}`)
  if (mode === 'BRANCH_LEQ') return { threshold: value, isTurned: false }
  if (mode === 'BRANCH_GT') return { threshold: value, isTurned: true }
  if (mode === 'BRANCH_LT') return { threshold: floatBefore(value), isTurned: false }
  if (mode === 'BRANCH_GTE') return { threshold: floatBefore(value), isTurned: true }
  return call.unsupported(`has a branch of mode "${mode}"`)
}

/** The largest float32 below a float32. */
function floatBefore(value: number): number {
  const float = Float32Array.of(value)
  const bits = new Int32Array(float.buffer)
  if (float[0] === 0) return -(2 ** -149)
  bits[0]! += float[0]! > 0 ? -1 : 1
  return float[0]!
}
