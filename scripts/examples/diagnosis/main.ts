/** A diagnosis without revealing the patient, seen; `npm run example:diagnosis`. */
import { runDiagnosis } from '#scripts/examples/diagnosis/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runDiagnosis)
