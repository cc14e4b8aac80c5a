import type { OnnxCase, Result } from './onnx-case.js'

/** Makes random models about one operator. */
export interface Generator {
  readonly operator: string
  /** The opset from which the operator exists (of ONNX's own domain), and up to which. */
  readonly since: number
  readonly until?: number
  readonly make: (draw: OnnxCase) => Result
}
