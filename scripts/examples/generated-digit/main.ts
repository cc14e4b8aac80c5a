/** Generated content as tokens, seen: pictures that a registered generator made, proven and minted. */
import { runGeneratedDigit } from '#scripts/examples/generated-digit/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runGeneratedDigit)
