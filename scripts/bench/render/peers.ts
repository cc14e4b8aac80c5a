import type { PeerFigure } from '#scripts/bench/peers.js'
import { type Cell, markdownTable } from '#scripts/bench/render/markdown.js'
import { megabytes, seconds } from '#scripts/bench/render/units.js'
import type { ModelResult } from '#scripts/bench/result.js'

/** The models for which peers published figures, each above theirs; null where there is none. */
export function renderPeers(models: readonly ModelResult[], peers: readonly PeerFigure[]): string | null {
  const compared = models.filter(({ name }) => peers.some(({ model }) => model === name))
  if (compared.length === 0) return null
  const head = ['net', 'system', 'constraints', 'times ours', 'prove, s', 'memory, MB', 'hardware', 'source']
  const rows = compared.flatMap((model) => [
    ownRow(model),
    ...peers.filter((peer) => peer.model === model.name).map((peer) => peerRow(peer, model)),
  ])
  return markdownTable(head, rows)
}

function ownRow({ name, constraints, prove, memory }: ModelResult): Cell[] {
  const { median, backend } = prove
  const figures = [constraints.total, 1, seconds(median.prove), megabytes(memory.prove)]
  return [name, `**zkserve, Groth16, ${backend}**`, ...figures, 'this machine', 'measured now']
}

function peerRow(peer: PeerFigure, { constraints }: ModelResult): Cell[] {
  const ratio = peer.constraints === null ? null : peer.constraints / constraints.total
  const remarks = [peer.same === 'architecture' ? 'other weights' : null, peer.note].filter(Boolean)
  return [
    '',
    remarks.length === 0 ? peer.system : `${peer.system} (${remarks.join('; ')})`,
    peer.constraints,
    ratio === null ? null : Number(ratio.toFixed(1)),
    peer.prove,
    megabytes(peer.memory),
    peer.hardware,
    peer.source.title,
  ]
}
