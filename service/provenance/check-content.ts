import { basename } from 'node:path'
import type { Hex } from 'viem'
import type { ModelVersion } from '#service/chain/read-model.js'
import { type Check, differenceOf } from '#service/provenance/check.js'
import { hashContent } from '#service/provenance/hash-content.js'
import { localFile } from '#service/provenance/local-file.js'
import { hashesNamed, type ProvenanceDocument, readDocument } from '#service/provenance/read-document.js'
import type { ChainRecord } from '#service/provenance/read-record.js'
import type { ProvenanceGraph } from '#service/provenance/walk.js'

/** What is at hand to compare records with. */
export interface LocalContent {
  /** Files and folders, each of which some record must name. */
  readonly files: readonly string[]
  /** Where records with relative URIs find theirs. */
  readonly folder?: string | undefined
}

/** Recomputes the hash of every standing record's content that is at hand, and reads cards and bills of materials. */
export async function checkContents(
  graph: ProvenanceGraph,
  registered: ModelVersion,
  { files, folder }: LocalContent,
): Promise<Check[]> {
  const given = new Map<Hex, string>()
  const paths = new Map<string, Hex>()
  for (const path of files) {
    const hash = await hashContent(path)
    given.set(hash, path)
    paths.set(path, hash)
  }
  const checks: Check[] = []
  const named = new Set<Hex>()
  for (const found of graph.records.values()) {
    named.add(found.record.contentHash)
    if (found.revokedAt !== null) continue
    const own = await checkOne(found, graph, given, folder)
    checks.push(own.check)
    if (own.check.result === 'holds' && own.path !== undefined)
      checks.push(...(await checkDocument(found, own.path, graph, registered)))
  }
  for (const [path, hash] of paths) {
    if (named.has(hash)) continue
    const suspects = [...graph.records.values()].filter(
      ({ record }) => basename(record.uri) === basename(path),
    )
    const expected = suspects.map(({ record }) => record.contentHash).join(' or ')
    const detail = `no record names its hash ${hash}${expected === '' ? '' : `; by that name they have ${expected}`}`
    checks.push({ of: path, what: 'content', result: 'differs', detail })
  }
  return checks
}

async function checkOne(
  { id, record }: ChainRecord,
  graph: ProvenanceGraph,
  given: ReadonlyMap<Hex, string>,
  folder: string | undefined,
): Promise<{ readonly check: Check; readonly path?: string }> {
  const { kind, contentHash, uri } = record
  const check = { of: id, what: `content of ${kind}` } as const
  if (kind === 'parent') {
    const count = graph.subjects.get(contentHash)?.length ?? 0
    const detail = `the parent ${contentHash} has ${count} records`
    return { check: { ...check, result: count > 0 ? 'holds' : 'unchecked', detail } }
  }
  const local = folder === undefined ? null : await localFile(folder, uri)
  if (local !== null) {
    const hash = await hashContent(local)
    const same = hash === contentHash
    const detail = same
      ? `${uri} has the hash ${hash}`
      : `${uri} has the hash ${hash}, the record says ${contentHash}`
    return { check: { ...check, result: same ? 'holds' : 'differs', detail }, path: local }
  }
  const path = given.get(contentHash)
  if (path !== undefined) {
    return { check: { ...check, result: 'holds', detail: `${path} has the hash ${contentHash}` }, path }
  }
  return {
    check: { ...check, result: 'unchecked', detail: `nothing with the hash ${contentHash} is at hand` },
  }
}

/** Whether a card or bill is well formed, and says of version and data what the chain says. */
async function checkDocument(
  { id, record }: ChainRecord,
  path: string,
  graph: ProvenanceGraph,
  registered: ModelVersion,
): Promise<Check[]> {
  const check = { of: id, what: `what the ${record.kind} says` } as const
  let document: ProvenanceDocument | null
  try {
    document = await readDocument(record.kind, path)
  } catch (thrown) {
    return [differenceOf(thrown, ['INVALID_PROVENANCE'], check)]
  }
  if (document === null || record.subject !== graph.root) return []
  const wrong = Object.entries(hashesNamed(document))
    .filter(([name, hash]) => hash !== registered[name as 'modelHash'].toLowerCase())
    .map(([name]) => `another ${name} than the registry`)
  wrong.push(...unvouchedData(document, graph))
  if (wrong.length > 0) return [{ ...check, result: 'differs', detail: `it names ${wrong.join(', ')}` }]
  if (Object.keys(hashesNamed(document)).length === 0)
    return [{ ...check, result: 'unchecked', detail: 'it names no hashes of the version' }]
  return [{ ...check, result: 'holds', detail: 'it names the hashes that the registry has' }]
}

/** Data of a bill of materials that no standing dataset record names. */
function unvouchedData(document: ProvenanceDocument, { records }: ProvenanceGraph): string[] {
  if (document.kind !== 'ml-bom') return []
  const vouched = new Set<Hex>()
  for (const { record, revokedAt } of records.values()) {
    if (record.kind === 'dataset' && revokedAt === null) vouched.add(record.contentHash)
  }
  return document.bom.datasets
    .filter(({ hashes }) => hashes.length > 0 && !hashes.some((hash) => vouched.has(hash)))
    .map(({ name }) => `the dataset "${name}", which no dataset record has`)
}
