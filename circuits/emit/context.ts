import { CircomText, Names } from '#circuits/emit/text.js'
import type { Shape } from '#circuits/graph/graph.js'
import type { QLayer, QModel, TensorId } from '#circuits/qmodel/qmodel.js'

/** What the emitters of single layers share: the text so far, and the Circom name of each tensor. */
export class EmitContext {
  readonly text = new CircomText()
  readonly names = new Names()
  private readonly tensors = new Map<TensorId, string>()

  constructor(private readonly model: QModel) {}

  /** The Circom array that holds a tensor: a signal, or a `var` of affine expressions. */
  tensor(id: TensorId): string {
    return this.tensors.get(id)!
  }

  shape(id: TensorId): Shape {
    return this.model.tensors[id]!.shape
  }

  /** Takes a name for the layer's result. */
  declare(layer: QLayer): string {
    const name = this.names.take(layer.name)
    this.tensors.set(layer.output, name)
    return name
  }

  /** Lets a tensor stand under a name that exists. */
  alias(id: TensorId, name: string): void {
    this.tensors.set(id, name)
  }

  describe(layer: QLayer): string {
    return `${layer.name.replace(/[^\x20-\x7e]+/g, ' ')} (${layer.operator})`
  }
}
