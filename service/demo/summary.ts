import type { Bundle } from '#prover/bundle/load.js'
import type { ProofReply } from '#service/http/schemas/inference.js'

/** The demo's closing tables: constraints by part, times, gas. */
export function summarise(bundle: Bundle, reply: ProofReply, gas: Readonly<Record<string, bigint>>) {
  const { constraints, files } = bundle.manifest
  const parts: readonly (readonly [string, number])[] = [
    ['input range', constraints.inputRange],
    ['input commitment', constraints.inputBinding],
    ...constraints.layers.map(
      ({ name, operator, constraints: count }) => [`${operator} ${name}`, count] as const,
    ),
    ['outputs', constraints.outputPacking],
    ['context', constraints.context],
    ['total', constraints.total],
  ]
  const { stages: _, ...timings } = reply.timings
  const times = Object.entries(timings).map(([stage, time]) => [`${stage}, ms`, Math.round(time)] as const)
  const sizes = [['proving key, bytes', files['proving.zkey'].bytes] as const]
  const text = [
    '',
    ...table('Constraints', parts),
    ...table(`Proof (${reply.backend})`, [...times, ...sizes]),
    ...table('Gas', Object.entries(gas)),
  ].join('\n')
  const data = {
    constraints: Object.fromEntries(parts),
    timings: reply.timings,
    gas: Object.fromEntries(Object.entries(gas).map(([name, used]) => [name, Number(used)])),
  }
  return { text, data }
}

function table(title: string, rows: readonly (readonly [string, number | bigint])[]): string[] {
  const body = rows.map(([name, value]) => `   ${name.padEnd(28)}${value.toLocaleString('en').padStart(12)}`)
  return [title, ...body, '']
}
