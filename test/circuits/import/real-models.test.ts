import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { datasetRow, parseDataset } from '#circuits/data/dataset.js'
import { parseNpz } from '#circuits/data/npz.js'
import { interpretGraph } from '#circuits/graph/interpret.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'

// The folder beside the project exists on the machines where these models were made, and nowhere else.
const shared = '../shared/models'
const folders = [
  ...['mnist-mlp', 'mnist-lenet5', 'digits-cnn'].map((name) => `test/models/${name}`),
  ...['mnist-mlp', 'mnist-lenet5', 'digits-cnn', 'breast-cancer'].map((name) => `${shared}/${name}`),
].filter((folder) => !folder.startsWith(shared) || existsSync(folder))

describe.each(folders)('%s', (folder) => {
  const graph = importOnnx(readFileSync(`${folder}/model.onnx`))
  const bytes = readFileSync(`${folder}/test.npz`)
  const data = parseDataset(bytes, graph.inputs)
  const expected = parseNpz(bytes, new Set(['outputs'])).get('outputs')!

  test.each([
    ['as imported', graph],
    ['optimised', optimiseGraph(graph)],
  ])('the graph %s answers as the exporter did', (_, model) => {
    const output = model.outputs[0]!.name
    let worst = 0
    for (let row = 0; row < data.count; row++) {
      const answer = interpretGraph(model, datasetRow(data, row)).get(output)!.data
      for (const [index, value] of answer.entries()) {
        worst = Math.max(worst, Math.abs(value - expected.data[row * answer.length + index]!))
      }
    }
    expect(worst).toBeLessThan(1e-4)
  })
})
