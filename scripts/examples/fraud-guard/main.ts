/** Payments that a proven fraud score lets through, seen; `npm run example:fraud-guard`. */
import { runFraudGuard } from '#scripts/examples/fraud-guard/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runFraudGuard)
