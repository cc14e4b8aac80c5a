/** Federated rounds, seen: five clients, real rows, proven averages, and what is refused. */
import { runFederated } from '#scripts/examples/federated/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runFederated)
