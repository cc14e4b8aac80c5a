/** A diagnosis without revealing the patient, seen; `npm run example:diagnosis`. */
import { runDiagnosis } from '#scripts/examples/diagnosis/run.js'
import { sayFor } from '#service/demo/options.js'

await runDiagnosis(sayFor({}))
