/** A contest of models on rows that nobody saw before, seen; `npm run example:arena`. */
import { runArena } from '#scripts/examples/arena/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runArena)
