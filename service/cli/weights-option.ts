import { Option } from 'commander'

/** Whether weights are public or private, for the verbs that predict or build circuits. */
export const weightsOption: Option = new Option(
  '--weights <mode>',
  'whether weights are constants of the circuit, or private behind a commitment in the key',
)
  .choices(['fixed', 'committed'])
  .default('fixed')
