import { domainOpsets } from '#circuits/import/operator-row.js'
import { operatorTable } from '#circuits/import/operator-table.js'

/** A row of the list of supported operators, for people. */
export interface SupportedOperator {
  /** With its domain before it, where that is not ONNX's own. */
  readonly operator: string
  /** First and last opset that is read. */
  readonly opsets: readonly [number, number]
  /** In constraints; n is the width of the accumulator in bits. */
  readonly cost: string
  readonly remarks: string
}

/** Every operator that the importer reads, in alphabetic order, those of other domains last. */
export const operatorList: readonly SupportedOperator[] = operatorTable.map(
  ({ operator, domain, readers, cost, remarks }) => ({
    operator: domain === '' ? operator : `${domain}.${operator}`,
    opsets: [readers[0]![0], domainOpsets[domain]!.most],
    cost,
    remarks,
  }),
)
