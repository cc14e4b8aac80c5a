/**
 * Model cards of Hugging Face: Markdown with metadata as YAML front matter, as
 * https://github.com/huggingface/hub-docs/blob/main/modelcard.md has it. Members that are not described there are kept
 * as they are.
 */
import { type Static, Type } from 'typebox'
import { parseDocument, stringify } from 'yaml'
import { checkedDocument, documentText, invalidDocument } from '#service/provenance/parse-problem.js'

const limits = { card: 2 ** 20, metadata: 2 ** 16, depth: 32 }

const text = Type.String({ maxLength: 1000 })
const texts = Type.Union([text, Type.Array(text, { maxItems: 1000 })])
const named = Type.Object({ type: text, name: Type.Optional(text) })

const resultSchema = Type.Object({
  task: named,
  dataset: Type.Object({
    type: text,
    name: text,
    config: Type.Optional(text),
    split: Type.Optional(text),
    revision: Type.Optional(text),
  }),
  metrics: Type.Array(
    Type.Object({
      type: text,
      value: Type.Union([Type.Number(), text, Type.Record(Type.String(), Type.Unknown())]),
      name: Type.Optional(text),
      verified: Type.Optional(Type.Boolean()),
    }),
    { maxItems: 1000 },
  ),
  source: Type.Optional(Type.Object({ name: Type.Optional(text), url: text })),
})

const metadataSchema = Type.Object({
  language: Type.Optional(texts),
  license: Type.Optional(texts),
  license_name: Type.Optional(text),
  license_link: Type.Optional(text),
  library_name: Type.Optional(text),
  pipeline_tag: Type.Optional(text),
  tags: Type.Optional(texts),
  datasets: Type.Optional(texts),
  metrics: Type.Optional(texts),
  base_model: Type.Optional(texts),
  base_model_relation: Type.Optional(Type.Enum(['adapter', 'merge', 'quantized', 'finetune'])),
  new_version: Type.Optional(text),
  'model-index': Type.Optional(
    Type.Array(Type.Object({ name: text, results: Type.Array(resultSchema, { maxItems: 1000 }) }), {
      maxItems: 100,
    }),
  ),
})

/** Metadata of a card; what is not described here may be there besides. */
export type CardMetadata = Static<typeof metadataSchema> & { readonly [name: string]: unknown }

export interface ModelCard {
  readonly metadata: CardMetadata
  /** Markdown after the front matter. */
  readonly body: string
}

/**
 * Reads a model card. YAML is taken without aliases, tags or duplicate keys; dates stay text.
 * @throws ZkserveError `INVALID_PROVENANCE`
 */
export function parseModelCard(bytes: Uint8Array): ModelCard {
  const card = documentText('model card', bytes, limits.card).replace(/^\ufeff/, '')
  const [whole, yaml = ''] = /^---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/m.exec(card) ?? []
  if (whole === undefined || !card.startsWith(whole))
    throw invalidDocument('model card', 'it does not begin with metadata between two lines of ---')
  if (yaml.length > limits.metadata)
    throw invalidDocument('model card', `its metadata are longer than ${limits.metadata} characters`)
  const metadata = checkedDocument('model card', metadataSchema, parseYaml(yaml)) as CardMetadata
  return { metadata, body: card.slice(whole.length) }
}

/** A model card as a file; what {@link parseModelCard} reads of it is the same card. */
export function formatModelCard({ metadata, body }: ModelCard): string {
  const checked = checkedDocument('model card', metadataSchema, metadata)
  // Readers of YAML 1.1, such as Hugging Face's own, take a bare `no` or `1:20` for something else.
  const yaml = stringify(checked, { compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false })
  return `---\n${yaml}---\n${body}`
}

function parseYaml(yaml: string): unknown {
  const refuse = (why: string, cause?: unknown) => invalidDocument('model card', why, cause)
  let value: unknown
  try {
    const document = parseDocument(yaml, {
      schema: 'core',
      version: '1.2',
      uniqueKeys: true,
      stringKeys: true,
    })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    value = document.toJS({ maxAliasCount: 0 }) ?? {}
  } catch (cause) {
    const [line = ''] = (cause as Error).message.split('\n')
    throw refuse(line.replace(/:$/, ''), cause)
  }
  if (isDeeper(value, limits.depth)) throw refuse('its metadata are nested too deeply')
  return value
}

/** Whether a value has more levels of lists and maps than the limit. */
function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return limit === 0 || Object.values(value).some((part) => isDeeper(part, limit - 1))
}
