import { readFile, writeFile } from 'node:fs/promises'
import { parseDataset } from '#circuits/data/dataset.js'
import { readGraph } from '#scripts/bench/tasks/read-graph.js'

export interface PrepareInput {
  readonly name: string
  readonly onnx: string
  readonly test: string
  readonly rows: number
  /** Where to write them. */
  readonly file: string
}

/** Writes the first rows of the test data as a file of their own, so that no measured process holds all of them. */
export async function prepareCalibration({ name, onnx, test, rows, file }: PrepareInput): Promise<void> {
  const { graph } = await readGraph(name, onnx)
  const { inputs, count } = parseDataset(await readFile(test), graph.inputs)
  const arrays = Array.from(inputs, ([input, { data }]) => {
    const size = data.length / count
    const row = (index: number) => Array.from(data.subarray(index * size, (index + 1) * size))
    return [input, Array.from({ length: Math.min(rows, count) }, (_, index) => row(index))]
  })
  await writeFile(file, JSON.stringify({ inputs: Object.fromEntries(arrays) }))
}
