import { type InputMode, laneBits, lanesPerSignal } from '#circuits/analyse/account.js'
import { packedInputs } from '#circuits/analyse/commitment.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import type { PublicSignal } from '#prover/bundle/manifest.js'

/** What each public signal of a model's proofs holds. */
export function publicSignalLayout(
  model: Pick<QModel, 'inputs' | 'outputs'>,
  mode: InputMode,
): PublicSignal[] {
  const inputs: PublicSignal[] =
    mode === 'hashed'
      ? [{ kind: 'inputCommitment' }]
      : packedInputs(model).flatMap(({ bits, lanes, words, count }, k) =>
          Array.from({ length: words }, (_, w) => ({
            kind: 'input' as const,
            input: model.inputs[k]!.name,
            first: w * lanes,
            lanes: Math.min(lanes, count - w * lanes),
            bits,
          })),
        )
  const total = model.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const outputs: PublicSignal[] = []
  for (let first = 0; first < total; first += lanesPerSignal) {
    outputs.push({ kind: 'output', first, lanes: Math.min(lanesPerSignal, total - first) })
  }
  return [...inputs, ...outputs, { kind: 'context' }]
}

/** Integer outputs by name, from public signals in the model's layout. */
export function decodeOutputs(
  model: Pick<QModel, 'outputs'>,
  layout: readonly PublicSignal[],
  signals: readonly (string | bigint)[],
): Record<string, number[]> {
  const lanes = layout.flatMap((part, i) => {
    if (part.kind !== 'output') return []
    const word = BigInt(signals[i]!)
    return Array.from({ length: part.lanes }, (_, lane) =>
      Number(BigInt.asIntN(laneBits, word >> BigInt(laneBits * lane))),
    )
  })
  let first = 0
  return Object.fromEntries(
    model.outputs.map(({ name, shape }) => {
      const size = sizeOf(shape)
      first += size
      return [name, lanes.slice(first - size, first)]
    }),
  )
}
