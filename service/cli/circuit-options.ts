import { InvalidArgumentError, Option } from 'commander'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'

/** What the circuit is made of, for the verbs that predict or build one. */
export interface CircuitFlags {
  readonly weights: WeightMode
  readonly batch: number
}

export const weightsOption: Option = new Option(
  '--weights <mode>',
  'whether weights are constants of the circuit, or private behind a commitment in the key',
)
  .choices(['fixed', 'committed'])
  .default('fixed')

export const circuitOptions: readonly Option[] = [
  weightsOption,
  new Option('--batch <number>', 'inferences that share a proof').default(1).argParser(parseBatch),
]

function parseBatch(text: string): number {
  const batch = Number(text)
  if (/^\d+$/.test(text) && batch >= 1 && batch <= 1024) return batch
  throw new InvalidArgumentError('Expected a whole number from 1 to 1024.')
}
