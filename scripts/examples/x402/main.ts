/** Payments, seen: an agent buys proven answers by signature, and nobody gets more than is due. */
import { showExample } from '#scripts/examples/show-example.js'
import { runPaidExample } from '#scripts/examples/x402/run.js'

await showExample(runPaidExample)
