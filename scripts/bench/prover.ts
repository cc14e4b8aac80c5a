/** `npm run bench:prover`: compares the proving back ends on the same keys and witnesses. */
import { toZkserveError } from '#circuits/errors.js'
import { proverBench } from '#scripts/bench/prover/command.js'

try {
  const print = (text: string) => process.stdout.write(text)
  const { subjects } = await proverBench(process.argv.slice(2), print, (text) => {
    process.stderr.write(`${text}\n`)
  })
  if (subjects.some(({ failures }) => failures.length > 0)) process.exitCode = 1
} catch (error) {
  const { code, message, hints } = toZkserveError(error)
  process.stderr.write(`${[`${code}: ${message}`, ...hints].join('\n')}\n`)
  process.exitCode = code === 'USAGE' ? 2 : 1
}
