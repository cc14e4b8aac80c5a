/** Crop insurance, seen: a drought is paid by a proven score, a good year is not, and what is forged is refused. */
import { toZkserveError } from '#circuits/errors.js'
import { runCropInsurance } from '#scripts/examples/crop-insurance/run.js'

const started = performance.now()
try {
  await runCropInsurance((line) => void process.stdout.write(`${line}\n`))
  process.stdout.write(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
} catch (error) {
  const { code, message } = toZkserveError(error)
  process.stderr.write(`${code}: ${message}\n`)
  process.exitCode = 1
}
