import type { PeerFigure } from '#scripts/bench/peers.js'
import { renderConstraints } from '#scripts/bench/render/constraints.js'
import {
  renderAccuracy,
  renderBuild,
  renderGas,
  renderProof,
  renderSizes,
} from '#scripts/bench/render/details.js'
import { renderOverview } from '#scripts/bench/render/overview.js'
import { renderPeers } from '#scripts/bench/render/peers.js'
import type { BenchResult } from '#scripts/bench/result.js'

/** The whole report in Markdown. */
export function renderReport(result: BenchResult, peers: readonly PeerFigure[]): string {
  const { models, failures } = result
  const sections: (readonly [title: string, text: string | null, note?: string])[] = [
    [
      'Overview',
      models.length === 0 ? null : renderOverview(models),
      'Times of a proof are medians without the first; memory is the peak resident memory of the largest process; whence the gas of a batch comes is told below.',
    ],
    ...(models.length === 0 ? [] : details(result)),
    [
      'Beside published figures of others',
      renderPeers(models, peers),
      'Theirs are quoted from the sources named, on their hardware; none was measured here.',
    ],
    ['Failed', failures.map(({ model, message }) => `- ${model}: ${message}`).join('\n') || null],
  ]
  const body = sections.flatMap(([title, text, note]) =>
    text === null ? [] : [`## ${title}`, text, ...(note === undefined ? [] : [note])],
  )
  return `${[heading(result), ...body].join('\n\n')}\n`
}

function heading({ version, date, machine }: BenchResult): string {
  const { cpu, cores, memory, node, system } = machine
  const gigabytes = (memory / 1e9).toFixed(1)
  return [
    `# zkserve ${version}, measured ${date.slice(0, 10)}`,
    `${cpu}, ${cores} cores, ${gigabytes} GB; Node ${node}; ${system}`,
  ].join('\n\n')
}

function details({ models }: BenchResult): (readonly [title: string, text: string, note?: string])[] {
  return [
    ['Constraints', renderConstraints(models)],
    ['Build', renderBuild(models), 'Load: one-minute load average before the measurement.'],
    [
      'Proof',
      renderProof(models),
      'A process that keeps the key in memory, with all cores. CPU: processor time of a whole proof, all threads.',
    ],
    ['Sizes', renderSizes(models), 'On chain the proof itself is 256 bytes.'],
    ['Accuracy on the test data', renderAccuracy(models)],
    [
      'Gas',
      renderGas(models),
      'Whole transactions of real proofs to InferenceVerifier on anvil; "snapshot" is verifier-contracts/snapshots/gas.json.',
    ],
  ]
}
