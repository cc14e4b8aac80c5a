/** Access, seen: a clinic's bought grant opens a model that stands on a hospital's data; all else is refused. */
import { runAccess } from '#scripts/examples/access/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runAccess)
