import { expect, test } from 'vitest'
import { inspectModel } from '#prover/inspect.js'
import { defaultSettings } from '#prover/settings.js'
import { projectModels, readProjectModel } from '#service/demo/project-models.js'

/** After a change that is meant: `npx vitest run test/prover/models/constraints --update`. */
test('constraints of the project’s models, layer by layer, are those of the snapshot', async () => {
  const costs: Record<string, unknown> = {}
  for (const name of projectModels) {
    const { graph, calibration } = await readProjectModel(name)
    const { constraints, overhead, layers } = inspectModel(graph, calibration, {
      ...defaultSettings,
      input: 'hashed',
    })
    const byLayer = layers.map((layer) => [`${layer.name} (${layer.operator})`, layer.constraints])
    costs[name] = { total: constraints, ...overhead, layers: Object.fromEntries(byLayer) }
  }
  await expect(`${JSON.stringify(costs, null, 2)}\n`).toMatchFileSnapshot(
    '../../snapshots/model-constraints.json',
  )
})
