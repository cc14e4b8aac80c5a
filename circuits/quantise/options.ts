/** How a model is quantised. */
export interface QuantiseOptions {
  /** Width of inputs and activations in bits, 4 to 16. */
  readonly bits: number
  /** `logits`: the outputs as they are; `argmax`: the index of the largest one, as the circuit's only output. */
  readonly output: 'logits' | 'argmax'
}

export const defaultQuantiseOptions: QuantiseOptions = { bits: 8, output: 'logits' }

/** Width of weights in bits, sign included: narrower activations do not make weights coarser. */
export function weightBits(options: QuantiseOptions): number {
  return Math.max(8, options.bits)
}
