import type { OperatorCall } from '#circuits/import/operator-call.js'
import { addReshape } from '#circuits/import/operators/shape.js'

/** Identity: the same value under another name. */
export function readIdentity(call: OperatorCall): void {
  addReshape(call, call.inputShape(0))
}

/** Dropout at inference: the identity. */
export function readDropout(call: OperatorCall): void {
  // The ratio and the seed matter in training alone.
  call.attributes.float('ratio', 0.5)
  call.attributes.int('seed', 0)
  if (call.opset >= 12 && (call.optionalScalar(2, 'training_mode') ?? 0) !== 0) {
    call.unsupported('is exported in training mode')
  }
  addReshape(call, call.inputShape(0))
}
