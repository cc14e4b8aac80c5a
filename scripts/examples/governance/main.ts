/** Governance, seen: a family's version changes by a vote over a proven evaluation, and guardians take it back. */
import { toZkserveError } from '#circuits/errors.js'
import { runGovernance } from '#scripts/examples/governance/run.js'

const started = performance.now()
try {
  await runGovernance((line) => void process.stdout.write(`${line}\n`))
  process.stdout.write(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
} catch (error) {
  const { code, message } = toZkserveError(error)
  process.stderr.write(`${code}: ${message}\n`)
  process.exitCode = 1
}
