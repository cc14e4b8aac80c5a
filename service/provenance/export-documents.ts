/** Model card and bill of materials of a version, from what registry and records say of it. */
import type { ModelFacts } from '#prover/bundle/manifest.js'
import type { ModelVersion } from '#service/chain/read-model.js'
import { formatMlBom } from '#service/provenance/ml-bom.js'
import type { BomComponent } from '#service/provenance/ml-bom-schema.js'
import { formatModelCard } from '#service/provenance/model-card.js'
import type { ChainRecord } from '#service/provenance/read-record.js'
import type { RecordKind } from '#service/provenance/record-kinds.js'
import type { VersionName } from '#service/provenance/subject.js'
import type { ProvenanceGraph } from '#service/provenance/walk.js'

export interface DescribedVersion {
  readonly version: VersionName
  readonly registered: ModelVersion
  readonly graph: ProvenanceGraph
  /** The model's name, and what is known of it where its bundle is at hand. */
  readonly name: string
  readonly manifest?: ModelFacts | undefined
  readonly metrics?: readonly { readonly type: string; readonly value: number }[]
}

/** Where CycloneDX has a place for what a record names. */
const referenceTypes: Partial<Record<RecordKind, string>> = {
  'training-run': 'log',
  'evaluation-report': 'quality-metrics',
  'model-card': 'model-card',
}

/** A CycloneDX 1.6 bill of materials. Revoked records are left out. */
export function mlBomOf({
  version,
  registered,
  graph,
  name,
  manifest,
  metrics = [],
}: DescribedVersion): string {
  const standing = standingRecords(graph)
  const about = standing.filter(({ record }) => record.subject === graph.root)
  const data = distinct(standing.filter(({ record }) => record.kind === 'dataset'))
  const own = new Set(about.map(({ record }) => record.contentHash))
  const { modelHash, circuitHash, vkHash } = registered
  const facts = { ...version, subject: graph.root, modelHash, circuitHash, vkHash }
  const formats = (tensors: readonly { readonly name: string }[] = []) =>
    tensors.map((tensor) => ({ format: `${tensor.name}: numbers` }))
  const model: BomComponent = {
    type: 'machine-learning-model',
    'bom-ref': graph.root,
    name,
    version: String(version.version),
    ...licencesOf(about),
    externalReferences: about.flatMap(({ record: { kind, uri, contentHash } }) => {
      const type = referenceTypes[kind]
      return type === undefined || uri === ''
        ? []
        : [{ type, url: iriOf(uri), hashes: [sha256(contentHash)] }]
    }),
    modelCard: {
      modelParameters: {
        datasets: data.flatMap(({ record: { contentHash } }) =>
          own.has(contentHash) ? [{ ref: contentHash }] : [],
        ),
        inputs: formats(manifest?.inputs),
        outputs: formats(manifest?.outputs),
      },
      quantitativeAnalysis: {
        performanceMetrics: metrics.map(({ type, value }) => ({ type, value: String(value) })),
      },
    },
    properties: Object.entries(facts).map(([key, value]) => ({
      name: `zkserve:${key}`,
      value: String(value),
    })),
  }
  const components = data.map(({ record: { contentHash, uri } }): BomComponent => {
    const known = uri === '' ? contentHash : uri
    const licences = standing.filter(({ record }) => record.subject === contentHash)
    return {
      type: 'data',
      'bom-ref': contentHash,
      name: known,
      hashes: [sha256(contentHash)],
      ...licencesOf(licences),
      data: [{ type: 'dataset', name: known, ...(uri === '' ? {} : { contents: { url: iriOf(uri) } }) }],
    }
  })
  const latest = Math.max(0, ...standing.map(({ recordedAt }) => recordedAt))
  const timestamp = latest === 0 ? {} : { timestamp: new Date(latest * 1000).toISOString() }
  return formatMlBom({ version: 1, metadata: { ...timestamp, component: model }, components })
}

/** A model card in Hugging Face's form; what that has no place for stands under `zkserve`. */
export function modelCardOf({ version, registered, graph, name, metrics = [] }: DescribedVersion): string {
  const standing = standingRecords(graph)
  const about = standing.filter(({ record }) => record.subject === graph.root)
  const licence = about.find(({ record }) => record.kind === 'licence')?.record.uri
  const { modelHash, circuitHash, vkHash } = registered
  const { registry, chainId, modelId, version: number } = version
  const rows = standing.map(({ id, record: { kind, contentHash, uri, issuer } }) => {
    return `| ${kind} | \`${uri.replaceAll(/[|\p{Cc}`]/gu, ' ') || ' '}\` | \`${contentHash}\` | \`${issuer}\` | \`${id}\` |`
  })
  const metadata = {
    ...(licence ? { license: 'other', license_name: licence.split('/').at(-1)!, license_link: licence } : {}),
    tags: ['zkserve', 'onnx'],
    ...(metrics.length > 0 ? { metrics: metrics.map(({ type }) => type) } : {}),
    zkserve: {
      ...{ chainId, registry, modelId: String(modelId), version: number },
      ...{ modelHash, circuitHash, vkHash, subject: graph.root },
      metrics: metrics.map(({ type, value }) => ({ type, value })),
    },
  }
  const body = [
    `\n# ${name.replaceAll(/[\r\n]/g, ' ')}\n`,
    `Version ${number} of model ${modelId}, whose answers carry proofs under the key \`${vkHash}\`.\n`,
    'What others vouch for:\n',
    '| what | where | hash | who | record |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ]
  return formatModelCard({ metadata, body: body.join('\n') })
}

function standingRecords({ records }: ProvenanceGraph): ChainRecord[] {
  return [...records.values()].filter(({ revokedAt }) => revokedAt === null)
}

/** One record for each content. */
function distinct(records: readonly ChainRecord[]): ChainRecord[] {
  return [
    ...new Map(records.toReversed().map((found) => [found.record.contentHash, found])).values(),
  ].toReversed()
}

function licencesOf(records: readonly ChainRecord[]): Pick<BomComponent, 'licenses'> {
  const licences = records.flatMap(({ record: { kind, uri, contentHash } }) => {
    if (kind !== 'licence') return []
    const [name = contentHash] = uri.split('/').slice(-1)
    return [
      { license: { name: name === '' ? contentHash : name, ...(uri === '' ? {} : { url: iriOf(uri) }) } },
    ]
  })
  return licences.length === 0 ? {} : { licenses: licences }
}

/** A URI of a record with what an IRI cannot hold escaped. */
function iriOf(uri: string): string {
  return uri.replaceAll(/[\s\p{Cc}"<>\\^`{|}]/gu, encodeURIComponent)
}

function sha256(hash: string): { alg: 'SHA-256'; content: string } {
  return { alg: 'SHA-256', content: hash.slice(2) }
}
