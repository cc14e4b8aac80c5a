/** A vault that a model steers and limits restrain, seen; `npm run example:risk-rule`. */
import { runRiskRule } from '#scripts/examples/risk-rule/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runRiskRule)
