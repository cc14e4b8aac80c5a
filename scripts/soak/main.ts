/** `npm run soak`: the service under a steady load for an hour; fails where a process grows. */
import { toZkserveError } from '#circuits/errors.js'
import { describeMachine } from '#scripts/bench/machine.js'
import { markdownTable } from '#scripts/bench/render/markdown.js'
import { megabytes } from '#scripts/bench/render/units.js'
import { machineLine } from '#scripts/bench/service/report.js'
import { subjectOf } from '#scripts/bench/service/subject.js'
import { parseSoakOptions } from '#scripts/soak/options.js'
import { soak } from '#scripts/soak/soak.js'

const say = (text: string) => process.stderr.write(`${text}\n`)

try {
  const options = parseSoakOptions(process.argv.slice(2))
  const subject = await subjectOf(options.model, say)
  const { processes, statuses } = await soak(subject, options, say)
  const rows = processes.map(({ name, first, last, peak, slope }) => [
    name,
    ...[first, last, peak].map(megabytes),
    Math.round(slope / 1e6),
  ])
  const head = ['process', 'after settling, MB', 'at the end, MB', 'peak, MB', 'slope, MB per hour']
  const answers = Object.entries(statuses).map(([kind, count]) => [kind, count])
  process.stdout.write(`${machineLine(describeMachine())}
${options.time / 60_000} minutes of ${subject.name}, ${options.rate} proofs and ${options.rate} answers per second

${markdownTable(head, rows)}

${markdownTable(['answers', 'count'], answers)}
`)
  if (processes.some(({ slope }) => slope / 1e6 > options.limit)) process.exitCode = 1
} catch (error) {
  const { code, message, hints } = toZkserveError(error)
  process.stderr.write(`${[`${code}: ${message}`, ...hints].join('\n')}\n`)
  process.exitCode = code === 'USAGE' ? 2 : 1
}
