/** `npm run bench:service`: proofs per second by workers, overhead of the API, and what overload does. */
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { describeMachine } from '#scripts/bench/machine.js'
import { parseServiceBenchOptions } from '#scripts/bench/service/options.js'
import { measureOverhead } from '#scripts/bench/service/overhead.js'
import { measureOverload } from '#scripts/bench/service/overload.js'
import { machineLine, overheadText, overloadText, throughputText } from '#scripts/bench/service/report.js'
import { subjectOf } from '#scripts/bench/service/subject.js'
import { measureThroughput } from '#scripts/bench/service/throughput.js'
import { postgresPrograms } from '#scripts/fleet/postgres.js'

const say = (text: string) => process.stderr.write(`${text}\n`)
const print = (text: string) => process.stdout.write(`${text}\n\n`)

try {
  const { parts, model, quick, proofs, rate, time } = parseServiceBenchOptions(process.argv.slice(2))
  if (postgresPrograms() === null) {
    throw new ZkserveError('USAGE', 'no Postgres server is installed', { hints: ['Install postgresql.'] })
  }
  const machine = describeMachine()
  print(machineLine(machine))
  if (parts.includes('throughput')) {
    const subject = await subjectOf(model, say)
    print(throughputText(subject.name, await measureThroughput(subject, proofs, say), machine.cores))
  }
  if (parts.includes('overhead')) {
    const subject = await subjectOf(quick, say)
    print(overheadText(subject.name, rate, await measureOverhead(subject, { rate, time, rounds: 3 }, say)))
  }
  if (parts.includes('overload')) {
    const subject = await subjectOf(quick, say)
    print(overloadText(subject.name, await measureOverload(subject, time, say)))
  }
} catch (error) {
  const { code, message, hints } = toZkserveError(error)
  process.stderr.write(`${[`${code}: ${message}`, ...hints].join('\n')}\n`)
  process.exitCode = code === 'USAGE' ? 2 : 1
}
