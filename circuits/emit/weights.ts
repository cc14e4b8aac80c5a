/** Layers whose weights are signals: products cost constraints, sums still do not. */
import { weightCount } from '#circuits/analyse/committed-weights.js'
import type { TracedWeights } from '#circuits/analyse/weighted.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { emitPairsConv, emitPairsDense } from '#circuits/emit/pairs.js'
import { emitTiles } from '#circuits/emit/tiles.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QCombine, QLayer, QModel } from '#circuits/qmodel/qmodel.js'

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
  if (layer.kind === 'combine') emitConstants(context, layer, traced)
  else if (layer.kind === 'dense') emitPairsDense(context, layer, traced)
  else if (layer.kind === 'conv' && algorithm.kind === 'tiles') emitTiles(context, layer, algorithm, traced)
  else if (layer.kind === 'conv') emitPairsConv(context, layer, traced)
}

/** A sum of terms and one hidden number per element. */
function emitConstants(context: EmitContext, layer: QCombine, { plan }: TracedWeights): void {
  const { text } = context
  const shape = context.shape(layer.output)
  const size = sizeOf(shape)
  const stride = sizeOf(shape.slice(layer.channelAxis + 1))
  const channel = `(i \\ ${stride}) % ${shape[layer.channelAxis] ?? 1}`
  const inputs = layer.terms.map((term) => context.tensor(term.input))
  const name = context.declare(layer)
  text.line(`// ${context.describe(layer)}: ${size} sums of ${layer.terms.length} terms and a hidden number`)
  const factors = layer.terms.map((term, k) => text.numbersBy(`${name}_factor${k}`, channel, term.factors))
  text.line(`var ${name}[${size}];`)
  text.loops([['i', size]], () => {
    const terms = inputs.map((input, k) => `${factors[k]} * ${input}[i]`)
    text.line(`${name}[i] = ${[...terms, `weights[i + ${plan.first}]`].join(' + ')};`)
  })
}
