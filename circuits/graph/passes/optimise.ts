import type { Graph } from '#circuits/graph/graph.js'
import { dropNoOps } from '#circuits/graph/passes/drop-no-ops.js'
import { foldAffine } from '#circuits/graph/passes/fold-affine.js'
import { foldConstantAdd } from '#circuits/graph/passes/fold-constant-add.js'
import { fuseReciprocalSqrt } from '#circuits/graph/passes/fuse-reciprocal-sqrt.js'
import { mergeAffine } from '#circuits/graph/passes/merge-affine.js'
import { mergeClips } from '#circuits/graph/passes/merge-clips.js'
import { mergeLinear } from '#circuits/graph/passes/merge-linear.js'
import { recogniseFunctions } from '#circuits/graph/passes/recognise-functions.js'
import { removeDeadNodes } from '#circuits/graph/passes/remove-dead-nodes.js'
import { sinkAffine } from '#circuits/graph/passes/sink-affine.js'
import { verifyGraph } from '#circuits/graph/verify.js'

/** A rewriting of a graph that leaves its outputs as they are, but for float rounding. */
export interface GraphPass {
  readonly name: string
  readonly run: (graph: Graph) => Graph
}

/** All passes in the order in which they run. */
export const graphPasses: readonly GraphPass[] = [
  { name: 'removeDeadNodes', run: removeDeadNodes },
  { name: 'recogniseFunctions', run: recogniseFunctions },
  { name: 'mergeClips', run: mergeClips },
  { name: 'mergeAffine', run: mergeAffine },
  { name: 'sinkAffine', run: sinkAffine },
  { name: 'mergeAffine', run: mergeAffine },
  { name: 'fuseReciprocalSqrt', run: fuseReciprocalSqrt },
  { name: 'dropNoOps', run: dropNoOps },
  { name: 'foldConstantAdd', run: foldConstantAdd },
  { name: 'foldAffine', run: foldAffine },
  { name: 'foldConstantAdd', run: foldConstantAdd },
  { name: 'mergeLinear', run: mergeLinear },
]

/**
 * Runs all passes over a graph, verifying it after each.
 * Throws `INVALID_GRAPH` where folded weights overflow float32.
 */
export function optimiseGraph(graph: Graph): Graph {
  return graphPasses.reduce((current, { run }) => {
    const next = run(current)
    verifyGraph(next)
    return next
  }, graph)
}
