import { anyNumber, type OperatorRow, row } from '#circuits/import/operator-row.js'
import {
  readArrayFeatureExtractor,
  readFeatureVectorizer,
  readImputer,
  readZipMap,
} from '#circuits/import/operators/features.js'
import {
  readLinearClassifier,
  readLinearRegressor,
  readNormalizer,
  readScaler,
} from '#circuits/import/operators/linear-models.js'
import { readTreeEnsembleClassifier, readTreeEnsembleRegressor } from '#circuits/import/operators/trees.js'

const domain = 'ai.onnx.ml'
const label = 'labels are evenly spaced integers'
const trees = 'a comparison for each decision, 1 for each leaf'

/** What scikit-learn's and other tabular models are exported to. */
export const learningOperators: readonly OperatorRow[] = [
  row('ArrayFeatureExtractor', [2, 2], readArrayFeatureExtractor, {
    domain,
    cost: '0',
    remarks: 'constant indices',
  }),
  row('FeatureVectorizer', [1, anyNumber], readFeatureVectorizer, { domain, cost: '0' }),
  row('Imputer', [1, 1], readImputer, {
    domain,
    cost: '0',
    remarks: 'of missing values, which are no inputs',
  }),
  row('LinearClassifier', [1, 1], readLinearClassifier, {
    domain,
    cost: '0; the label as ArgMax, LOGISTIC as Sigmoid',
    remarks: `post_transform NONE, SOFTMAX, LOGISTIC; ${label}`,
    outputs: 2,
  }),
  row('LinearRegressor', [1, 1], readLinearRegressor, { domain, cost: '0' }),
  row('Normalizer', [1, 1], readNormalizer, {
    domain,
    cost: 'a table look-up, 1 product an element; 0 for probabilities',
    remarks: 'MAX, L1, L2',
  }),
  row('Scaler', [1, 1], readScaler, { domain, cost: '0' }),
  row('TreeEnsembleClassifier', [1, 1], readTreeEnsembleClassifier, {
    domain,
    cost: trees,
    remarks: `all orders, no equality; post_transform NONE, SOFTMAX, LOGISTIC; ${label}`,
    outputs: 2,
  }),
  row('TreeEnsembleRegressor', [1, 1], readTreeEnsembleRegressor, {
    domain,
    cost: trees,
    remarks: 'all orders, no equality; SUM, AVERAGE',
  }),
  row('ZipMap', [1, 1], readZipMap, { domain, cost: '0', remarks: 'dropped: the scores are the output' }),
]
