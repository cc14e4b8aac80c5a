import type { FloatTensor, TreeEnsembleNode } from '#circuits/graph/graph.js'

/** Sum of the leaves that each tree leads to, plus the base. */
export function sumTrees(node: TreeEnsembleNode, input: FloatTensor): Float32Array {
  const outputs = node.base.data.length
  const sums = Float64Array.from(node.base.data)
  for (const root of node.roots) {
    let at = root
    while (at >= 0) {
      const { feature, threshold, yes, no } = node.decisions[at]!
      at = input.data[feature]! <= threshold ? yes : no
    }
    for (let n = 0; n < outputs; n++) sums[n]! += node.leaves.data[(-1 - at) * outputs + n]!
  }
  return Float32Array.from(sums)
}
