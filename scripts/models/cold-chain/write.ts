import { laneCount, stateUnit } from '#scripts/models/cold-chain/readings.js'
import { hiddenCount } from '#scripts/models/cold-chain/train.js'
import { type OnnxNode, onnxBytes } from '#scripts/models/onnx.js'

/** ONNX's numbers of types. */
const [uint8, uint16] = [2, 4]

/**
 * The model as the bytes of an ONNX file: state' = state − Σ_j h_j, where h_j = max(0, w_j·readings), rounded up.
 * QuantizeLinear gives state, h_j and state' the same unit, so that one step's output is the next one's input, integer
 * for integer. Half a unit as bias turns its rounding to the nearest into rounding up: many short steps
 * gain nothing by it.
 */
export function modelOnnx(weights: Float64Array): Uint8Array {
  const quantised = (value: string, unit: string, type: number): OnnxNode[] => [
    {
      opType: 'QuantizeLinear',
      inputs: [value, unit],
      output: `${value}_q`,
      attributes: { output_dtype: type },
    },
    { opType: 'DequantizeLinear', inputs: [`${value}_q`, unit], output: `${value}_dq` },
  ]
  return onnxBytes({
    name: 'cold-chain',
    opset: 21,
    inputs: { state: [1, 1], readings: [1, laneCount] },
    outputs: { left_dq: [1, 1] },
    nodes: [
      ...quantised('state', 'stateUnit', uint16),
      ...quantised('readings', 'countUnit', uint8),
      {
        opType: 'Gemm',
        inputs: ['readings_dq', 'weights', 'halfUnit'],
        output: 'losses',
        attributes: { transB: 1 },
      },
      ...quantised('losses', 'stateUnit', uint16),
      { opType: 'MatMul', inputs: ['losses_dq', 'ones'], output: 'loss' },
      { opType: 'Sub', inputs: ['state_dq', 'loss'], output: 'left' },
      ...quantised('left', 'stateUnit', uint16),
    ],
    initializers: [
      { name: 'stateUnit', dims: [], data: [stateUnit] },
      { name: 'countUnit', dims: [], data: [1] },
      { name: 'weights', dims: [hiddenCount, laneCount], data: weights },
      { name: 'halfUnit', dims: [hiddenCount], data: new Array<number>(hiddenCount).fill(stateUnit / 2) },
      { name: 'ones', dims: [hiddenCount, 1], data: new Array<number>(hiddenCount).fill(1) },
    ],
  })
}
