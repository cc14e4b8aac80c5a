import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMlBom, parseMlBom } from '#service/provenance/ml-bom.js'
import { formatModelCard, parseModelCard } from '#service/provenance/model-card.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const refused = expect.objectContaining({ code: 'INVALID_PROVENANCE' })

/** The example of the Hub's documentation, filled in. */
const card = `---
language:
- en
license: cc-by-4.0
library_name: onnx
tags: [tabular-classification]
datasets:
- scikit-learn/breast-cancer-wisconsin
metrics:
- accuracy
model-index:
- name: breast-cancer
  results:
  - task:
      type: tabular-classification
    dataset:
      type: uci
      name: WDBC
      split: test
    metrics:
      - type: accuracy
        value: 0.96
        verified: false
since: 2026-11-22
---

# Breast cancer
---
`

describe('model cards', () => {
  test('are read as the Hub has them', () => {
    const { metadata, body } = parseModelCard(bytes(card))
    expect(metadata).toMatchObject({ license: 'cc-by-4.0', language: ['en'], since: '2026-11-22' })
    expect(metadata['model-index']![0]!.results[0]!.metrics).toEqual([
      { type: 'accuracy', value: 0.96, verified: false },
    ])
    expect(body).toBe('\n# Breast cancer\n---\n')
  })

  test('are written so that they read the same', () => {
    const before = parseModelCard(bytes(card))
    expect(parseModelCard(bytes(formatModelCard(before)))).toEqual(before)
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean())),
        fc.string(),
        (own, body) => {
          const metadata = {
            zkserve: { ...own, no: 'no', time: '1:20', date: '2026-11-22', odd: '---\na: 1' },
          }
          expect(parseModelCard(bytes(formatModelCard({ metadata, body })))).toEqual({ metadata, body })
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each([
    ['nothing', ''],
    ['no metadata', '# Title'],
    ['metadata that do not end', '---\nlicense: mit\n'],
    ['metadata further down', '\n\n---\nlicense: mit\n---\n'],
    ['a list', '---\n- license\n---\n'],
    ['a number as licence', '---\nlicense: 1\n---\n'],
    ['a result without a task', '---\nmodel-index: [{name: a, results: [{}]}]\n---\n'],
    ['a name twice', '---\nlicense: mit\nlicense: gpl\n---\n'],
    ['aliases', '---\na: &a [x, x]\nb: [*a, *a]\n---\n'],
    ['tags', '---\na: !!js/function x\n---\n'],
    ['a document in the document', '---\na: 1\n...\nb: 2\n---\n'],
    ['deep brackets', `---\na: ${'['.repeat(5000)}\n---\n`],
    ['nesting', `---\na: ${'['.repeat(40)}${']'.repeat(40)}\n---\n`],
    ['deep dashes', `---\n${'- '.repeat(5000)}x\n---\n`],
    ['long metadata', `---\na: ${'x'.repeat(70_000)}\n---\n`],
    ['a long text', `---\na: b\n---\n${'x'.repeat(1_100_000)}`],
  ])('with %s are refused', (_, text) => {
    expect(() => parseModelCard(bytes(text))).toThrowError(refused)
  })

  test('that are no UTF-8 are refused', () => {
    expect(() => parseModelCard(new Uint8Array([0x2d, 0x2d, 0x2d, 0x0a, 0xff]))).toThrowError(refused)
  })

  test('of garbage never throw anything else', () => {
    const garbage = fc.string({
      unit: fc.constantFrom('-', ' ', '\n', ':', '[', '{', '"', "'", '|', '&a', '*a', '?', '!', '#', 'x'),
    })
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          parseModelCard(bytes(`---\n${text}\n---\n`))
        } catch (error) {
          expect(error).toEqual(refused)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

const hash = 'ab'.repeat(32)
const model = {
  type: 'machine-learning-model',
  'bom-ref': 'model',
  name: 'breast-cancer',
  version: '1',
  hashes: [
    { alg: 'SHA-1', content: 'cd'.repeat(20) },
    { alg: 'SHA-256', content: hash.toUpperCase() },
  ],
  licenses: [{ license: { id: 'MIT' } }, { expression: 'Apache-2.0 OR MIT' }],
  modelCard: {
    modelParameters: { task: 'classification', datasets: [{ ref: 'data' }] },
    quantitativeAnalysis: { performanceMetrics: [{ type: 'accuracy', value: '0.96' }] },
  },
  properties: [{ name: 'zkserve:modelHash', value: `0x${hash}` }],
} as const
const data = {
  type: 'data',
  'bom-ref': 'data',
  name: 'WDBC',
  hashes: [{ alg: 'SHA-256', content: hash }],
  data: [{ type: 'dataset', contents: { url: 'https://archive.ics.uci.edu/dataset/17' } }],
} as const
const head = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 }

describe('bills of materials', () => {
  test('tell of models and data', () => {
    const bom = {
      ...head,
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      metadata: { component: model },
      components: [data],
    }
    expect(parseMlBom(bytes(JSON.stringify(bom)))).toEqual({
      models: [
        {
          name: 'breast-cancer',
          version: '1',
          hashes: [`0x${hash}`],
          licences: ['MIT', 'Apache-2.0 OR MIT'],
          metrics: [{ type: 'accuracy', value: '0.96' }],
          properties: new Map([['zkserve:modelHash', `0x${hash}`]]),
        },
      ],
      datasets: [{ name: 'WDBC', url: 'https://archive.ics.uci.edu/dataset/17', hashes: [`0x${hash}`] }],
    })
  })

  test('are written with a serial number that follows from what they say', () => {
    const component = { type: 'machine-learning-model', name: 'm' } as const
    const text = formatMlBom({ version: 1, metadata: { component } })
    expect(text).toBe(formatMlBom({ version: 1, metadata: { component } }))
    expect(text).not.toBe(formatMlBom({ version: 2, metadata: { component } }))
    expect(JSON.parse(text).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(parseMlBom(bytes(text)).models[0]!.name).toBe('m')
  })

  test.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['another format', { ...head, bomFormat: 'SPDX', components: [model, data] }],
    ['another version', { ...head, specVersion: '1.5', components: [model, data] }],
    ['no model', { ...head, components: [data] }],
    ['a reference that stands for two', { ...head, components: [model, data, data] }],
    ['a reference that leads nowhere', { ...head, components: [model] }],
    [
      'a hash of odd length',
      { ...head, components: [{ ...model, hashes: [{ alg: 'SHA-256', content: 'abc' }] }, data] },
    ],
    ['an unknown kind of component', { ...head, components: [{ ...model, type: 'model' }, data] }],
    ['a component without a name', { ...head, components: [model, { type: 'data', 'bom-ref': 'data' }] }],
    [
      'a model card that is none',
      { ...head, components: [{ ...model, modelCard: { modelParameters: [] } }, data] },
    ],
    ['a serial number that is none', { ...head, serialNumber: 'urn:uuid:1', components: [model, data] }],
    ['deep arrays', `{"bomFormat":${'['.repeat(100_000)}`],
  ])('with %s are refused', (_, bom) => {
    const text = typeof bom === 'string' ? bom : JSON.stringify(bom)
    expect(() => parseMlBom(bytes(text))).toThrowError(refused)
  })

  test('above 16 MiB are refused', () => {
    expect(() => parseMlBom(new Uint8Array(2 ** 24 + 1))).toThrowError(refused)
  })
})
