import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describeMachine } from '#scripts/bench/machine.js'
import { compare } from '#scripts/bench/prover/compare.js'
import { availableBackends, type Contestant } from '#scripts/bench/prover/contestants.js'
import { parseProverBenchOptions } from '#scripts/bench/prover/options.js'
import { givenSubject, modelSubject, syntheticSubject } from '#scripts/bench/prover/prepare.js'
import { renderProverBench } from '#scripts/bench/prover/report.js'
import type { ProverBenchResult, SubjectResult } from '#scripts/bench/prover/result.js'
import type { Subject } from '#scripts/bench/prover/subject.js'
import { benchSources } from '#scripts/bench/sources.js'
import { packageVersion } from '#service/package-version.js'

/** Compares the back ends on circuits one after another; leaves nothing behind but the figures and kept keys. */
export async function proverBench(
  args: readonly string[],
  print: (text: string) => void,
  say: (text: string) => void,
): Promise<ProverBenchResult> {
  const options = parseProverBenchOptions(args)
  const { rounds, json } = options
  const folder = await mkdtemp(join(tmpdir(), 'zkserve-bench-prover-'))
  const keys = options.keys ?? folder
  await mkdir(keys, { recursive: true })
  const models = options.models.length === 0 ? [] : benchSources({ models: options.models })
  const jobs: readonly [name: string, prepare: () => Promise<Subject>, power: number][] = [
    ...options.sizes.map((power) => [`2^${power}`, () => syntheticSubject(power, keys), power] as const),
    ...models.map((source) => [source.name, () => modelSubject(source, folder), 0] as const),
    ...options.given.map((given) => [given, () => givenSubject(given), 0] as const),
  ].map(([name, prepare, power]) => [name, prepare, power])
  const backends = availableBackends(options.backends)
  const subjects: SubjectResult[] = []
  try {
    for (const [name, prepare, power] of jobs) {
      say(`${name}: key`)
      const subject = await prepare()
      const chosen = backends.filter((backend) => backend !== 'snarkjs' || power <= options.snarkjsUpTo)
      const contestants = options.threads.flatMap((threads) =>
        chosen.map((backend): Contestant => ({ backend, threads })),
      )
      subjects.push(await compare(subject, contestants, rounds, (text) => say(`${name}: ${text}`)))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const result: ProverBenchResult = {
    schema: 'zkserve/bench-prover/1',
    version: packageVersion(),
    date: new Date().toISOString(),
    machine: describeMachine(),
    rounds,
    subjects,
  }
  await mkdir(dirname(json), { recursive: true })
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
  print(renderProverBench(result))
  return result
}
