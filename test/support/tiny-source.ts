import type { Dataset } from '#circuits/data/dataset.js'
import type { Graph } from '#circuits/graph/graph.js'
import { floatTensor, graphOf } from './graph-builder.js'

/** What a build of a tiny network takes: four numbers, three hidden, two classes. */
export interface TinySource {
  readonly onnx: Uint8Array
  readonly graph: Graph
  readonly calibration: Dataset
}

/** A source whose weights depend on `seed`, and are moved a little by `noise`, as by more training. */
export function tinySource(seed = 1, noise = 0): TinySource {
  const weights = (count: number, step: number) =>
    Array.from(
      { length: count },
      (_, i) => (((i + seed) * step) % 17) / 17 - 0.4 + noise * Math.sin(31 * i + step),
    )
  const graph = graphOf(
    [1, 4],
    [
      {
        kind: 'dense',
        input: 'x',
        output: 'products',
        weight: floatTensor([3, 4], weights(12, 5)),
        bias: null,
      },
      { kind: 'relu', input: 'products', output: 'hidden' },
      {
        kind: 'dense',
        input: 'hidden',
        output: 'scores',
        weight: floatTensor([2, 3], weights(6, 7)),
        bias: null,
      },
    ],
    ['scores'],
  )
  const inputs = new Map([
    [
      'x',
      floatTensor(
        [8, 1, 4],
        Array.from({ length: 32 }, (_, i) => ((i * 11) % 32) / 31),
      ),
    ],
  ])
  return { onnx: Uint8Array.of(seed), graph, calibration: { count: 8, inputs, labels: null } }
}
