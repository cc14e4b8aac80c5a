import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import { type NetworkNames, networkOnnx } from '#scripts/models/network-onnx.js'
import { arraysNpz } from '#scripts/models/npz.js'
import { type Network, score, type TrainingRow } from '#scripts/models/train-network.js'

/** Rows that go with a model: so many of the training's for calibration, and of the test's. */
const shipped = { calibration: 300, test: 400 } as const

/** A trained network with what is told of it. */
export interface TrainedModel {
  readonly network: Network
  readonly names: NetworkNames
  readonly training: readonly TrainingRow[]
  readonly test: readonly TrainingRow[]
  /** What `labels` of the test's data shall hold. */
  readonly labelOf: (row: TrainingRow) => number
  /** For meta.json, after the name. */
  readonly meta: Readonly<Record<string, unknown>>
}

/** Writes model.onnx, calibration.npz, test.npz and meta.json to test/models, in a folder of the graph's name. */
export function writeModel({ network, names, training, test, labelOf, meta }: TrainedModel): void {
  const folder = join(packageRoot, 'test', 'models', names.graph)
  const { input, output } = network.sizes
  const inputsOf = (rows: readonly TrainingRow[], count: number) => ({
    shape: [count, input],
    data: Float32Array.from(rows.slice(0, count).flatMap(({ lanes }) => lanes)),
  })
  const first = test.slice(0, shipped.test)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'model.onnx'), networkOnnx(network, names))
  writeFileSync(
    join(folder, 'calibration.npz'),
    arraysNpz({ inputs: inputsOf(training, shipped.calibration) }),
  )
  const outputs = Float32Array.from(first.flatMap(({ lanes }) => score(network, lanes)))
  writeFileSync(
    join(folder, 'test.npz'),
    arraysNpz({
      inputs: inputsOf(test, shipped.test),
      labels: { shape: [shipped.test], data: Int32Array.from(first, labelOf) },
      outputs: { shape: [shipped.test, output], data: outputs },
    }),
  )
  writeFileSync(join(folder, 'meta.json'), `${JSON.stringify({ name: names.graph, ...meta }, null, 1)}\n`)
}
