import type { OperatorCall } from '#circuits/import/operator-call.js'
import type { OperatorRow } from '#circuits/import/operator-row.js'
import { activationOperators } from '#circuits/import/operator-table/activation.js'
import { arithmeticOperators } from '#circuits/import/operator-table/arithmetic.js'
import { imageOperators } from '#circuits/import/operator-table/image.js'
import { learningOperators } from '#circuits/import/operator-table/learning.js'
import { linearOperators } from '#circuits/import/operator-table/linear.js'
import { normalisationOperators } from '#circuits/import/operator-table/normalisation.js'
import { quantisedOperators } from '#circuits/import/operator-table/quantised.js'
import { reductionOperators } from '#circuits/import/operator-table/reduction.js'
import { shapeOperators } from '#circuits/import/operator-table/shape.js'

/** The one table of operators, by name: its rows stand in a file for each family. */
export const operatorTable: readonly OperatorRow[] = [
  ...activationOperators,
  ...arithmeticOperators,
  ...imageOperators,
  ...learningOperators,
  ...linearOperators,
  ...normalisationOperators,
  ...quantisedOperators,
  ...reductionOperators,
  ...shapeOperators,
].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

const byName = new Map(operatorTable.map((entry) => [keyOf(entry), entry]))

/** The names of all operators that are read, in alphabetic order, those of other domains last. */
export const supportedOperators: readonly string[] = operatorTable.map(({ operator }) => operator)

/** The row of an operator of a domain (empty for ONNX's own), or null. */
export function findOperator(domain: string, operator: string): OperatorRow | null {
  return byName.get(keyOf({ domain, operator })) ?? null
}

/** Sorts ONNX's own operators before those of other domains. */
function keyOf({ domain, operator }: Pick<OperatorRow, 'domain' | 'operator'>): string {
  return `${domain}.${operator}`
}

/** Reads a node by the row's reader for its opset. */
export function readOperator(entry: OperatorRow, call: OperatorCall): void {
  const reader = entry.readers.findLast(([opset]) => opset <= call.opset)
  if (reader === undefined) call.unsupported(`needs opset ${entry.readers[0]![0]} or newer`)
  call.requireInputs(...entry.inputs)
  call.requireOutputs(entry.outputs)
  reader[1](call)
  const [unread] = call.attributes.unread
  if (unread !== undefined) call.unsupported(`has an attribute "${unread}" that is not supported`)
}
