/** Provers with stake, seen: a request is reserved, answered and rewarded; a miss costs the bond. */
import { runProverRace } from '#scripts/examples/prover-race/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runProverRace)
