import type { OperatorCall } from '#circuits/import/operator-call.js'

/** BatchNormalization with stored statistics: one factor and one offset for each channel. */
export function readBatchNormalization(call: OperatorCall): void {
  const epsilon = call.attributes.float('epsilon', 1e-5)
  // Only training uses the momentum.
  call.attributes.float('momentum', 0.9)
  if (call.attributes.flag('training_mode', false)) call.unsupported('is exported in training mode')
  if (!call.attributes.flag('spatial', true)) call.unsupported('has spatial = 0')
  const [scale, shift, mean, variance] = [
    call.weights(1, 'scale').data,
    call.weights(2, 'B').data,
    call.weights(3, 'mean').data,
    call.weights(4, 'variance').data,
  ] as const
  const channels = call.inputShape(0)[1] ?? call.refuse('needs an input with channels on axis 1')
  if ([scale, shift, mean, variance].some((values) => values.length !== channels)) {
    call.refuse(`has statistics of another length than its ${channels} channels`)
  }
  const factors = scale.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon))
  const offsets = shift.map((value, channel) => {
    const factor = scale[channel]! / Math.sqrt(variance[channel]! + epsilon)
    return value - mean[channel]! * factor
  })
  call.builder.addNode({
    ...call.base,
    kind: 'affine',
    input: call.input(0),
    scale: { shape: [channels], data: factors },
    offset: { shape: [channels], data: offsets },
  })
}
