import { createHash } from 'node:crypto'
import type { Hex } from 'viem'
import { type BomComponent, type MlBom, mlBomSchema } from '#service/provenance/ml-bom-schema.js'
import { checkedDocument, documentText, invalidDocument } from '#service/provenance/parse-problem.js'

const largest = 2 ** 24

/** A model of a bill of materials. */
export interface BomModel {
  readonly name: string
  readonly version: string | null
  /** SHA-256 hashes that the bill gives. */
  readonly hashes: readonly Hex[]
  readonly licences: readonly string[]
  readonly metrics: readonly { readonly type: string; readonly value: string }[]
  /** Names and values; of a name that stands several times the last. */
  readonly properties: ReadonlyMap<string, string>
}

/** Data of a bill of materials. */
export interface BomDataset {
  readonly name: string
  readonly url: string | null
  readonly hashes: readonly Hex[]
}

/** What a bill of materials says of models and data. */
export interface BomFacts {
  readonly models: readonly BomModel[]
  readonly datasets: readonly BomDataset[]
}

/**
 * Reads a CycloneDX 1.6 bill of materials that holds a model.
 * @throws ZkserveError `INVALID_PROVENANCE` also for references that are double or lead nowhere
 */
export function parseMlBom(bytes: Uint8Array): BomFacts {
  const what = 'bill of materials'
  const text = documentText(what, bytes, largest)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalidDocument(what, 'it is not JSON', cause)
  }
  const { metadata, components = [] } = checkedDocument(what, mlBomSchema, value)
  const all = [...(metadata?.component === undefined ? [] : [metadata.component]), ...components]
  refuseBadReferences(what, all)
  const models = all.filter(({ type }) => type === 'machine-learning-model').map(modelOf)
  if (models.length === 0) throw invalidDocument(what, 'it holds no machine-learning-model')
  return { models, datasets: all.filter(({ type }) => type === 'data').map(datasetOf) }
}

/** The bill as a file; the serial number follows from what it says, so that equal bills are equal bytes. */
export function formatMlBom(bom: Omit<MlBom, 'bomFormat' | 'specVersion' | 'serialNumber'>): string {
  const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex')
  // UUID version 8 (RFC 9562): ours to fill, but for the bits of version and variant.
  const variant = ((Number.parseInt(digest[16]!, 16) & 3) | 8).toString(16)
  const groups = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ]
  const whole: MlBom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${groups.join('-')}`,
    ...bom,
  }
  return `${JSON.stringify(checkedDocument('bill of materials', mlBomSchema, whole), null, 2)}\n`
}

function refuseBadReferences(what: string, components: readonly BomComponent[]): void {
  const refs = new Set<string>()
  for (const { 'bom-ref': ref } of components) {
    if (ref === undefined) continue
    if (refs.has(ref)) throw invalidDocument(what, `the reference "${ref}" stands for two components`)
    refs.add(ref)
  }
  for (const { modelCard } of components) {
    for (const dataset of modelCard?.modelParameters?.datasets ?? []) {
      if (!('ref' in dataset) || refs.has(dataset.ref) || dataset.ref.startsWith('urn:cdx:')) continue
      throw invalidDocument(what, `the reference "${dataset.ref}" leads to no component`)
    }
  }
}

function modelOf({ name, version, hashes, licenses, modelCard, properties }: BomComponent): BomModel {
  const metrics = modelCard?.quantitativeAnalysis?.performanceMetrics ?? []
  return {
    name,
    version: version ?? null,
    hashes: sha256Of(hashes),
    licences: (licenses ?? []).flatMap(({ license, expression }) => {
      return license?.id ?? license?.name ?? expression ?? []
    }),
    metrics: metrics.map(({ type = '', value = '' }) => ({ type, value })),
    properties: new Map(properties?.map(({ name, value = '' }) => [name, value])),
  }
}

function datasetOf({ name, hashes, data }: BomComponent): BomDataset {
  return {
    name,
    url: data?.find(({ contents }) => contents?.url)?.contents?.url ?? null,
    hashes: sha256Of(hashes),
  }
}

function sha256Of(hashes: BomComponent['hashes']): Hex[] {
  const found = (hashes ?? []).filter(({ alg, content }) => alg === 'SHA-256' && content.length === 64)
  return found.map(({ content }) => `0x${content.toLowerCase()}` as const)
}
