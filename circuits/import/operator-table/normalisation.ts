import { type OperatorRow, row } from '#circuits/import/operator-row.js'
import {
  readGroupNormalization,
  readInstanceNormalization,
  readLayerNormalization,
  readLpNormalization,
  readMeanVarianceNormalization,
} from '#circuits/import/operators/normalisation-layers.js'

const cost = '2 products an element, rescales, a table look-up for each divisor'

/** What divides by statistics of the input. */
export const normalisationOperators: readonly OperatorRow[] = [
  row('GroupNormalization', [3, 3], [[18, readGroupNormalization]], { cost }),
  row('InstanceNormalization', [3, 3], readInstanceNormalization, { cost }),
  row('LayerNormalization', [2, 3], [[17, readLayerNormalization]], {
    cost,
    remarks: 'without Mean and InvStdDev as outputs',
  }),
  row('LpNormalization', [1, 1], readLpNormalization, { cost, remarks: 'p 1 and 2' }),
  row('MeanVarianceNormalization', [1, 1], [[9, readMeanVarianceNormalization]], { cost }),
]
