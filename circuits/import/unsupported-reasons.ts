const dynamicScale =
  'is not supported: it chooses a scale for each input; quantise with static scales (QDQ format) instead'
const recurrent = 'is not supported: export the network with its steps unrolled'
const control = 'is not supported: control flow depends on values that only inference knows'

/** Why operators are not read, where there is more to say than that they are not. */
export const unsupportedReasons: Readonly<Record<string, string>> = {
  DynamicQuantizeLinear: dynamicScale,
  DynamicQuantizeMatMul: dynamicScale,
  DynamicQuantizeLSTM: dynamicScale,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  Scan: recurrent,
  If: control,
  Loop: control,
}
