/** Generated content as tokens, seen; `npm run example:generated-digit`. */
import { runGeneratedDigit } from '#scripts/examples/generated-digit/run.js'
import { sayFor } from '#service/demo/options.js'

await runGeneratedDigit(sayFor({}))
