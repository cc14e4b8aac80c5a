import { markdownTable, rounded } from '#scripts/bench/render/markdown.js'
import { megabytes, percent, seconds } from '#scripts/bench/render/units.js'
import type { ModelResult } from '#scripts/bench/result.js'

/** One row a model: what most readers look for. */
export function renderOverview(models: readonly ModelResult[]): string {
  const head = [
    'model',
    'constraints',
    'build, s',
    'of it set-up, s',
    'witness, ms',
    'prove, s',
    'verify, ms',
    'build, MB',
    'prove, MB',
    'proving key, MB',
    'float → integer accuracy',
    'gas',
    'gas in a batch',
    'constraints an inference',
    'gas an inference',
  ]
  const rows = models.map(({ name, batch, constraints, build, prove, memory, files, accuracy, gas }) => [
    name,
    constraints.total,
    seconds(build.total),
    seconds(build.timings.setup),
    rounded(prove.median.witness),
    seconds(prove.median.prove),
    rounded(prove.median.verify),
    megabytes(Math.max(memory.build, memory.compiler ?? 0)),
    megabytes(memory.prove),
    megabytes(files['proving.zkey'] ?? null),
    `${percent(accuracy.floatAccuracy) ?? '-'} → ${percent(accuracy.integerAccuracy) ?? '-'}`,
    gas.accept,
    gas.batchEach,
    Math.round(constraints.total / batch),
    Math.round(gas.accept / batch),
  ])
  return markdownTable(head, rows)
}
