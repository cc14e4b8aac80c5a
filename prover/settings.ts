/** What command line, demo and benchmarks quantise with where nothing else is asked for: one model, one bundle. */
export const defaultSettings = {
  /** Width of activations in bits. */
  bits: 8,
  output: 'logits',
  calibrationMethod: 'auto',
  correctBias: true,
  /** Share of calibration rows on which the integer model must answer as the float model does. */
  minAgreement: 0.9,
} as const
