/**
 * Functions of one number that the circuit looks up in a table. Definitions follow the ONNX operators of the same
 * names; parameters stand in the order of the operator's attributes.
 */
export const scalarFunctions = {
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: (x: number) => Math.tanh(x),
  exp: (x: number) => Math.exp(x),
  sqrt: (x: number) => Math.sqrt(x),
  reciprocal: (x: number) => 1 / x,
  reciprocalSqrt: (x: number) => 1 / Math.sqrt(x),
  leakyRelu: (x: number, slope: number) => (x < 0 ? slope * x : x),
} satisfies Record<string, (x: number, ...parameters: number[]) => number>

export type ScalarFunctionName = keyof typeof scalarFunctions
