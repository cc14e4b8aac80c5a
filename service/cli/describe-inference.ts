import type { Inference } from '#prover/inference/infer.js'
import { type Cell, formatFacts } from '#service/cli/table.js'

/** Outputs and label for people. */
export function describeInference({ outputs, label, labels, saturated }: Inference): string {
  const facts: [string, Cell][] = Object.entries(outputs).map(([name, values]) => [
    name,
    values.map((value) => value.toPrecision(5)).join(' '),
  ])
  if (label !== null) facts.push(['label', label])
  else if (labels.some((each) => each !== null)) facts.push(['labels', labels.join(' ')])
  if (saturated > 0) facts.push(['input elements beyond the calibrated range', saturated])
  return formatFacts(facts)
}
