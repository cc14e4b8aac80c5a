import type { Address, Hex } from 'viem'
import type { ModelVersion } from '#service/chain/read-model.js'
import { printableLine } from '#service/cli/printable.js'
import type { Check } from '#service/provenance/check.js'
import type { ChainRecord } from '#service/provenance/read-record.js'
import type { ProvenanceGraph } from '#service/provenance/walk.js'

/** What stands above a tree. */
export interface TreeHead {
  readonly registry: Address
  readonly modelId: bigint
  readonly version: number
  readonly registered: ModelVersion
  readonly holder: Address
}

/** Lines of a branch, the first of which says what it is. */
type Branch = readonly string[]

/** Records about a version as a tree: below each those that it rests on, and those about the data that it names. */
export function describeProvenance(graph: ProvenanceGraph, head: TreeHead): string {
  const { registry, modelId, version, registered, holder } = head
  const shown = new Set<Hex>()
  const branchOf = (id: Hex, relation: string): Branch => {
    const found = graph.records.get(id)
    if (found === undefined) return [`${relation}${id} (not read)`]
    if (shown.has(id)) return [`${relation}${found.record.kind} ${short(id)} (above)`]
    shown.add(id)
    const { kind, links, contentHash } = found.record
    const named = kind === 'dataset' || kind === 'parent' ? (graph.subjects.get(contentHash) ?? []) : []
    const about = named.filter((each) => !links.includes(each))
    return [
      `${relation}${describeRecord(found, holder)}`,
      ...joined([
        ...links.map((link) => branchOf(link, 'rests on ')),
        ...about.map((each) => branchOf(each, 'about it: ')),
      ]),
    ]
  }
  const own = graph.subjects.get(graph.root) ?? []
  const lines = [
    `version ${version} of model ${modelId} at ${registry}, ${registered.status}`,
    ...joined(own.map((id) => branchOf(id, ''))),
  ]
  if (own.length === 0) lines.push('no records')
  if (graph.cut) lines.push(`more than ${graph.records.size} records: the rest was not read`)
  return lines.join('\n')
}

/** Checks as lines: what differs first, then what could not be checked. @param issuers whose word counted, if it is one's word */
export function describeChecks(
  valid: boolean,
  issuers: readonly Address[] | 'anyone' | null,
  checks: readonly Check[],
): string {
  const marks = { differs: 'DIFFERS  ', unchecked: 'unchecked', holds: 'holds    ' } as const
  const lines = (['differs', 'unchecked', 'holds'] as const).flatMap((result) =>
    checks
      .filter((check) => check.result === result)
      .map(({ of, what, detail }) => printableLine(`${marks[result]}  ${short(of)} ${what}: ${detail}`)),
  )
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length
  const sums = `${count('holds')} hold, ${count('differs')} differ, ${count('unchecked')} unchecked`
  const whose = issuers === null ? '' : `; by ${issuers === 'anyone' ? issuers : issuers.join(', ')}`
  return [...lines, '', `${valid ? 'nothing differs' : 'something differs'}: ${sums}${whose}`].join('\n')
}

function describeRecord({ id, record, revokedAt }: ChainRecord, holder: Address): string {
  const { kind, contentHash, uri, issuer, issuedAt } = record
  const who = issuer.toLowerCase() === holder.toLowerCase() ? `${issuer}, the model's holder` : issuer
  const when = new Date(issuedAt * 1000).toISOString()
  const parts = [kind, uri, `content ${short(contentHash)}`, `record ${short(id)}`, `by ${who}`, when]
  if (revokedAt !== null) parts.push(`REVOKED ${new Date(revokedAt * 1000).toISOString()}`)
  return printableLine(parts.filter((part) => part !== '').join('  '))
}

/** Branches below a line, with the strokes that join them. */
function joined(branches: readonly Branch[]): string[] {
  return branches.flatMap(([first = '', ...rest], i) => {
    const last = i === branches.length - 1
    return [`${last ? '└─ ' : '├─ '}${first}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
  })
}

/** The beginning of a hash or an id; other text as it is. */
function short(text: string): string {
  return /^0x[0-9a-f]{64}$/i.test(text) ? `${text.slice(0, 14)}…` : text
}
