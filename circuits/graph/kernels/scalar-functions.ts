import { errorFunction } from '#circuits/graph/kernels/error-function.js'
import { roundHalfToEven } from '#circuits/graph/kernels/rounding.js'

/**
 * Functions of one number that the circuit looks up in a table. Definitions follow the ONNX operators of the same
 * names; parameters stand in the order of the operator's attributes.
 */
export const scalarFunctions = {
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: (x: number) => Math.tanh(x),
  exp: (x: number) => Math.exp(x),
  log: (x: number) => Math.log(x),
  sqrt: (x: number) => Math.sqrt(x),
  reciprocal: (x: number) => 1 / x,
  reciprocalSqrt: (x: number) => 1 / Math.sqrt(x),
  power: (x: number, exponent: number) => x ** exponent,
  erf: (x: number) => errorFunction(x),
  leakyRelu: (x: number, slope: number) => (x < 0 ? slope * x : x),
  thresholdedRelu: (x: number, threshold: number) => (x > threshold ? x : 0),
  elu: (x: number, alpha: number) => (x < 0 ? alpha * Math.expm1(x) : x),
  selu: (x: number, alpha: number, gamma: number) => gamma * (x > 0 ? x : alpha * Math.expm1(x)),
  celu: (x: number, alpha: number) => Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha)),
  softplus: (x: number) => softplus(x),
  softsign: (x: number) => x / (1 + Math.abs(x)),
  hardSwish: (x: number) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  swish: (x: number, alpha: number) => x / (1 + Math.exp(-alpha * x)),
  mish: (x: number) => x * Math.tanh(softplus(x)),
  gelu: (x: number) => 0.5 * x * (1 + errorFunction(x / Math.SQRT2)),
  geluTanh: (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  sign: (x: number) => Math.sign(x),
  floor: (x: number) => Math.floor(x),
  ceil: (x: number) => Math.ceil(x),
  round: (x: number) => roundHalfToEven(x),
  truncate: (x: number) => Math.trunc(x),
  sin: (x: number) => Math.sin(x),
  cos: (x: number) => Math.cos(x),
} satisfies Record<string, (x: number, ...parameters: number[]) => number>

export type ScalarFunctionName = keyof typeof scalarFunctions

/** log(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}
