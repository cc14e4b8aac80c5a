/** Lots whose journeys are proven step by step, seen; `npm run example:trace`. */
import { showExample } from '#scripts/examples/show-example.js'
import { runTrace } from '#scripts/examples/trace/run.js'

await showExample(runTrace)
