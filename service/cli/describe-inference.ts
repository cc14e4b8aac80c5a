import type { Inference } from '#prover/inference/infer.js'
import { type Cell, formatFacts } from '#service/cli/table.js'

/** Outputs and label for people; of a batch, row by row. */
export function describeInference({ outputs, label, labels, saturated }: Inference): string {
  const rows = labels.length
  const facts: [string, Cell][] = Object.entries(outputs).flatMap(([name, values]) =>
    Array.from({ length: rows }, (_, row): [string, Cell] => {
      const own = values.slice((row * values.length) / rows, ((row + 1) * values.length) / rows)
      return [rows === 1 ? name : `${name}, row ${row}`, own.map((value) => value.toPrecision(5)).join(' ')]
    }),
  )
  if (label !== null) facts.push(['label', label])
  else if (labels.some((each) => each !== null)) facts.push(['labels', labels.join(' ')])
  if (saturated > 0) facts.push(['input elements beyond the calibrated range', saturated])
  return formatFacts(facts)
}
