/** Crop insurance, seen: a drought is paid by a proven score, a good year is not, and what is forged is refused. */
import { runCropInsurance } from '#scripts/examples/crop-insurance/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runCropInsurance)
