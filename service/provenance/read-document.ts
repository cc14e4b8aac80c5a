import { stat } from 'node:fs/promises'
import type { Hex } from 'viem'
import { readRegularFile } from '#prover/bundle/regular-file.js'
import { type BomFacts, parseMlBom } from '#service/provenance/ml-bom.js'
import { type ModelCard, parseModelCard } from '#service/provenance/model-card.js'
import { invalidDocument } from '#service/provenance/parse-problem.js'
import type { RecordKind } from '#service/provenance/record-kinds.js'

/** Larger files are not read; parsers have limits of their own. */
const largest = 2 ** 24

/** A record's content that has a form. */
export type ProvenanceDocument =
  | { readonly kind: 'model-card'; readonly card: ModelCard }
  | { readonly kind: 'ml-bom'; readonly bom: BomFacts }

/** Hashes of a version, by the names that documents of ours give them. */
export interface NamedHashes {
  readonly modelHash?: Hex
  readonly circuitHash?: Hex
  readonly vkHash?: Hex
}

/** Reads a record's file as what its kind says; null of kinds without a form. @throws INVALID_PROVENANCE */
export async function readDocument(kind: RecordKind, path: string): Promise<ProvenanceDocument | null> {
  if (kind !== 'model-card' && kind !== 'ml-bom') return null
  const found = await stat(path).catch(() => null)
  if (found === null || !found.isFile() || found.size > largest)
    throw invalidDocument(kind, `it is no file of at most ${largest} bytes`)
  const bytes = await readRegularFile(path).catch((cause) => {
    throw invalidDocument(kind, 'it cannot be read', cause)
  })
  return kind === 'ml-bom' ? { kind, bom: parseMlBom(bytes) } : { kind, card: parseModelCard(bytes) }
}

/** What a document says of the version's hashes; nothing where others wrote it, who do not know of them. */
export function hashesNamed(document: ProvenanceDocument): NamedHashes {
  const found = new Map<string, unknown>()
  if (document.kind === 'model-card') {
    for (const [name, value] of Object.entries(Object(document.card.metadata.zkserve))) found.set(name, value)
  } else {
    for (const { properties } of document.bom.models) {
      for (const [name, value] of properties) found.set(name.replace(/^zkserve:/, ''), value)
    }
  }
  const names = ['modelHash', 'circuitHash', 'vkHash'] as const
  return Object.fromEntries(
    names.flatMap((name) => (found.has(name) ? [[name, String(found.get(name)).toLowerCase()]] : [])),
  )
}
