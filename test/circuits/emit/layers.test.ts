import { expect, test } from 'vitest'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QLayerKind, QModel } from '#circuits/qmodel/qmodel.js'
import { verifyQModel } from '#circuits/qmodel/verify.js'
import { honestClaims } from '../../support/circuit/batch.js'
import { networkBatch } from '../../support/circuit/network-batch.js'
import { qmodelOf } from '../../support/qmodel-builder.js'
import { randomSource } from '../../support/random-graph.js'
import { layerKinds, randomLayer } from '../../support/random-layer.js'

/** Layers of each kind; every run compares more than 50 inputs on each. */
const layersPerKind = Number(process.env.ZKSERVE_LAYERS ?? 8)
/** Bits of all inputs together: they fill one packed word. */
const mostInputBits = 250

function randomModels(kind: QLayerKind): QModel[] {
  const random = randomSource(layerKinds.indexOf(kind) + 7)
  const models: QModel[] = []
  while (models.length < layersPerKind) {
    const { inputShape, layer } = randomLayer(kind, random)
    const bits = 2 + Math.floor(random() * 6)
    if (bits * sizeOf(inputShape) > mostInputBits) continue
    const model = qmodelOf([{ shape: inputShape, bits, lo: -Math.floor(random() * 2 ** bits) }], [layer])
    verifyQModel(model)
    models.push({ ...model, name: `${kind} ${models.length}` })
  }
  return models
}

test.each(layerKinds)(
  'random layers of kind %s: circuit equals interpreter, constraints as predicted',
  async (kind) => {
    const models = randomModels(kind)
    const { batch, instances } = await networkBatch(models.map((model) => ({ model, mode: 'public' })))
    const claims = await honestClaims(batch, instances)
    batch.parts.forEach((part, k) => {
      expect(part.constraintCount, `${part.name} costs what is predicted`).toBe(instances[k]!.cost)
      for (const claim of claims[k]!) {
        if (!claim.honest) continue
        const outputs = part.outputs.map((wire) => claim.honest![wire]!)
        expect(outputs, `${part.name} on ${claim.inputs}`).toEqual(claim.expected)
      }
    })
  },
)
