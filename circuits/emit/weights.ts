/** Layers whose weights are signals: products cost constraints, sums still do not. */
import { weightCount } from '#circuits/analyse/committed-weights.js'
import type { TracedWeights } from '#circuits/analyse/weighted.js'
import { emitCombine } from '#circuits/emit/affine.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { emitPairsConv, emitPairsDense } from '#circuits/emit/pairs.js'
import { emitTiles } from '#circuits/emit/tiles.js'
import type { QLayer, QModel } from '#circuits/qmodel/qmodel.js'

/**
 * The hidden numbers. They follow the context among the public inputs: a set-up folds them into the verifying key,
 * blinded by a number that the circuit has a constraint for, and no more.
 */
export function emitWeightInputs({ text }: EmitContext, model: QModel): void {
  text.line().line('// Hidden weights, and the number that blinds their commitment.')
  text.line(`signal input weights[${weightCount(model)}];`)
  text.line('signal input blinding;')
  text.line('signal blindingSquare <== blinding * blinding;')
}

/** Emits one layer with hidden weights. */
export function emitWeights(context: EmitContext, layer: QLayer, traced: TracedWeights): void {
  const { algorithm } = traced.plan
  if (layer.kind === 'combine') emitCombine(context, layer, `weights[i + ${traced.plan.first}]`)
  else if (layer.kind === 'dense') emitPairsDense(context, layer, traced)
  else if (layer.kind === 'conv' && algorithm.kind === 'tiles') emitTiles(context, layer, algorithm, traced)
  else if (layer.kind === 'conv') emitPairsConv(context, layer, traced)
}
