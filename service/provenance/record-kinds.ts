/** What a record names by its content hash, in the order of the contract's enum from 1 on; see IProvenance.sol. */
export const recordKinds = [
  'dataset',
  'training-run',
  'licence',
  'evaluation-report',
  'parent',
  'model-card',
  'ml-bom',
] as const

export type RecordKind = (typeof recordKinds)[number]
