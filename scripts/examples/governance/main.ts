/** Governance, seen: a family's version changes by a vote over a proven evaluation, and guardians take it back. */
import { runGovernance } from '#scripts/examples/governance/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runGovernance)
