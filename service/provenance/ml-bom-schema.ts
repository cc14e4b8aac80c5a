/**
 * The part of CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json) that bills of materials of models use: components of
 * models and data, model cards, hashes. Members that are not described here are neither checked nor kept.
 */
import { type Static, type TSchema, Type } from 'typebox'

const text = Type.String({ maxLength: 4096 })
const list = <Item extends TSchema>(item: Item) => Type.Optional(Type.Array(item, { maxItems: 10_000 }))
const ref = Type.String({ minLength: 1, maxLength: 1024 })

const hash = Type.Object({
  alg: Type.Enum([
    ...(['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'SHA3-256', 'SHA3-384', 'SHA3-512'] as const),
    ...(['BLAKE2b-256', 'BLAKE2b-384', 'BLAKE2b-512', 'BLAKE3'] as const),
  ]),
  content: Type.String({
    pattern: '^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$',
  }),
})

const property = Type.Object({ name: text, value: Type.Optional(text) })

const license = Type.Object({
  license: Type.Optional(
    Type.Object({ id: Type.Optional(text), name: Type.Optional(text), url: Type.Optional(text) }),
  ),
  expression: Type.Optional(text),
})

const format = Type.Object({ format: Type.Optional(text) })

const dataset = Type.Object({
  type: Type.Enum(['source-code', 'configuration', 'dataset', 'definition', 'other']),
  name: Type.Optional(text),
  contents: Type.Optional(Type.Object({ url: Type.Optional(text) })),
  description: Type.Optional(text),
})

const modelCard = Type.Object({
  modelParameters: Type.Optional(
    Type.Object({
      task: Type.Optional(text),
      architectureFamily: Type.Optional(text),
      modelArchitecture: Type.Optional(text),
      datasets: list(Type.Union([Type.Object({ ref }), dataset])),
      inputs: list(format),
      outputs: list(format),
    }),
  ),
  quantitativeAnalysis: Type.Optional(
    Type.Object({
      performanceMetrics: list(
        Type.Object({
          type: Type.Optional(text),
          value: Type.Optional(text),
          slice: Type.Optional(text),
        }),
      ),
    }),
  ),
})

const component = Type.Object({
  type: Type.Enum([
    ...(['application', 'framework', 'library', 'container', 'platform', 'operating-system'] as const),
    ...(['device', 'device-driver', 'firmware', 'file', 'machine-learning-model', 'data'] as const),
    'cryptographic-asset',
  ]),
  'bom-ref': Type.Optional(ref),
  name: text,
  version: Type.Optional(Type.String({ maxLength: 1024 })),
  description: Type.Optional(text),
  hashes: list(hash),
  licenses: list(license),
  externalReferences: list(Type.Object({ type: text, url: text, hashes: list(hash) })),
  modelCard: Type.Optional(modelCard),
  data: list(dataset),
  properties: list(property),
})

export const mlBomSchema = Type.Object({
  bomFormat: Type.Literal('CycloneDX'),
  specVersion: Type.Literal('1.6'),
  serialNumber: Type.Optional(
    Type.String({ pattern: '^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' }),
  ),
  version: Type.Optional(Type.Integer({ minimum: 1 })),
  metadata: Type.Optional(
    Type.Object({ timestamp: Type.Optional(text), component: Type.Optional(component) }),
  ),
  components: list(component),
})

/** A bill of materials as it stands in its file. */
export type MlBom = Static<typeof mlBomSchema>

/** A component of one. */
export type BomComponent = Static<typeof component>
