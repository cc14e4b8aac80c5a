import type { Machine } from '#scripts/bench/machine.js'
import type { Contestant } from '#scripts/bench/prover/contestants.js'
import { proofParts } from '#scripts/bench/prover/count.js'
import type { Distance } from '#scripts/bench/prover/distance.js'
import type { ContestantResult, ProverBenchResult, SubjectResult } from '#scripts/bench/prover/result.js'
import type { ScalarKinds } from '#scripts/bench/prover/scalar-kinds.js'
import { type Cell, markdownTable, rounded } from '#scripts/bench/render/markdown.js'
import { megabytes } from '#scripts/bench/render/units.js'

/** All figures as Markdown; times in ms. */
export function renderProverBench({ machine, rounds, date, subjects }: ProverBenchResult): string {
  const head = [
    `${machineText(machine)}; ${date.slice(0, 10)}; medians of ${rounds} in alternation; times in ms.`,
  ]
  return `${[...head, ...subjects.flatMap(subjectText)].join('\n\n')}\n`
}

function machineText({ cpu, cores, memory, node, system }: Machine): string {
  return `${cpu}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GiB, Node ${node}, ${system}`
}

function subjectText(subject: SubjectResult): string[] {
  const { name, domain, signals, publicSignals, scalars, loadAverage } = subject
  const { contestants, failures, distances } = subject
  const share = (count: number) => `${((100 * count) / signals).toFixed(1)} %`
  const facts =
    `Domain 2^${Math.log2(domain)}, ${signals.toLocaleString('en')} signals, ${publicSignals} of them public; ` +
    `witness: ${share(scalars.zeros)} zeros, ${share(scalars.ones)} ±1, ${othersText(scalars.others)}. ` +
    `Load before: ${loadAverage.toFixed(1)}.`
  return [
    `### ${name}`,
    facts,
    timesTable(contestants),
    ...(failures.length > 0 ? [failures.map(({ message }) => `Failed: ${message}.`).join('\n')] : []),
    ...stagesTable(contestants),
    ...(distances.length > 0 ? [distanceTable(distances)] : []),
  ]
}

function othersText(others: ScalarKinds['others']): string {
  const above = Object.entries(others).filter(([bits]) => Number(bits) > 64)
  const longest = Math.max(0, ...Object.keys(others).map(Number))
  const count = above.reduce((sum, [, each]) => sum + each, 0)
  return `the others up to ${longest} bits, ${count.toLocaleString('en')} of them above 64`
}

function timesTable(contestants: readonly ContestantResult[]): string {
  const baseline = contestants.filter(({ backend }) => backend === 'snarkjs')
  const single = baseline.find(({ threads }) => threads === 1) ?? baseline[0]
  return markdownTable(
    [
      ...[
        'prover',
        'threads',
        'witness, CPU',
        'proof, CPU',
        'both, CPU',
        'both, wall',
        'wall · threads / CPU',
      ],
      ...['snarkjs / it, CPU', 'snarkjs / it, wall', 'memory, MB'],
    ],
    contestants.map((contestant): Cell[] => {
      const { backend, threads, witness, prove, both, memory } = contestant
      const sameThreads = baseline.find((each) => each.threads === threads)
      return [
        ...[
          backend,
          threads,
          rounded(witness.cpu),
          rounded(prove.cpu),
          rounded(both.cpu),
          rounded(both.wall),
        ],
        rounded((both.wall * threads) / both.cpu),
        single === undefined ? null : rounded(single.both.cpu / both.cpu),
        sameThreads === undefined ? null : rounded(sameThreads.both.wall / both.wall),
        megabytes(memory),
      ]
    }),
  )
}

/** CPU time of the parts of the proof, where there are any. */
function stagesTable(contestants: readonly ContestantResult[]): string[] {
  const telling = contestants.filter(({ stages }) => stages !== null)
  if (telling.length === 0) return []
  const rows = telling.map(({ stages, ...contestant }): Cell[] => [
    nameOf(contestant),
    ...proofParts.map((part) => rounded(stages![part] ?? null)),
  ])
  return [markdownTable(['CPU of the parts (wasm: wall)', ...proofParts], rows)]
}

function nameOf({ backend, threads }: Contestant): string {
  return `${backend}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

/** Multiplications times the measured time of one, against what the parts took. */
function distanceTable(distances: readonly Distance[]): string {
  const head = distances.flatMap(({ build, nanoseconds }) => [
    `${build}: limit at ${nanoseconds.toFixed(2)} ns`,
    'measured',
    'times the limit',
  ])
  const rows = distances[0]!.parts.map(({ part, multiplications }, index): Cell[] => [
    part,
    Math.round(multiplications),
    ...distances.flatMap(({ parts }) => {
      const { limit, measured } = parts[index]!
      return [rounded(limit), rounded(measured), rounded(measured / limit)]
    }),
  ])
  return markdownTable(['part', 'multiplications', ...head], rows)
}
