import type { Trace } from '#circuits/analyse/trace.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { layerInputs, type QLayer, type QModel } from '#circuits/qmodel/qmodel.js'
import type { LayerReport } from '#prover/bundle/manifest.js'

/** Shapes, parameters and multiplications of one inference, and constraints of the whole batch, of every layer in order. */
export function reportLayers(model: QModel, trace: Trace): LayerReport[] {
  return trace.layers.map(({ layer, constraints }) => {
    const outputShape = model.tensors[layer.output]!.shape
    return {
      name: layer.name,
      operator: layer.operator,
      inputShape: model.tensors[layerInputs(layer)[0]!]!.shape,
      outputShape,
      parameters: parametersOf(layer),
      macs: macsOf(layer, sizeOf(outputShape)),
      constraints: model.batch * constraints,
    }
  })
}

function parametersOf(layer: QLayer): number {
  if (layer.kind === 'conv' || layer.kind === 'dense') return layer.weight.length + layer.bias.length
  return 0
}

function macsOf(layer: QLayer, outputs: number): number {
  if (layer.kind === 'conv' || layer.kind === 'dense') return outputs * sizeOf(layer.weightShape.slice(1))
  return 0
}
