/** Two inferences in one proof: on the command line and over HTTP, with weights fixed and private. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onnxModel, tensor } from '../support/onnx-builder.js'
import { callCommand, callJson } from './support/command-line.js'
import { post, testServer } from './support/test-server.js'

const weights = [1, -1, 0.5, -0.5, -1, 1, -0.5, 0.5, 0.25, 0.25, -0.25, -0.25]
const onnx = onnxModel({
  inputs: [{ name: 'x', shape: [1, 1, 2, 2] }],
  outputs: ['y'],
  nodes: [
    { op: 'Flatten', inputs: ['x'], outputs: ['flat'] },
    { op: 'Gemm', inputs: ['flat', 'W'], outputs: ['y'], attributes: { transB: 1 } },
  ],
  initializers: { W: tensor([3, 4], weights) },
})
/** Of the classes 0 and 1. */
const rows = [
  [1, 0, 0.5, 0],
  [0, 1, 0, 0.5],
]
const expected = rows.map((row) =>
  [0, 1, 2].map((c) => row.reduce((sum, x, k) => sum + x * weights[4 * c + k]!, 0)),
)

let folder: string
const path = (name: string) => join(folder, name)
const write = (name: string, value: unknown): string => {
  writeFileSync(path(name), JSON.stringify(value))
  return path(name)
}
async function call(...args: string[]) {
  const { code, document } = await callJson(args)
  expect({ code, document }).toMatchObject({ code: 0 })
  return document
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  writeFileSync(path('model.onnx'), onnx)
  const data = ['--calibration', write('rows.json', { inputs: [...rows, [1, 1, 1, 1], [0, 0, 0, 0]] })]
  const pair = [path('model.onnx'), ...data, '--batch', '2', '--name', 'pair']
  const inspected = await call('inspect', path('model.onnx'), ...data, '--batch', '2')
  await call('build', ...pair, '--out', path('fixed'))
  await call('build', ...pair, '--weights', 'committed', '--out', path('first'))
  await call('commit', path('first'), path('model.onnx'), ...data, '--out', path('second'))
  const { constraints } = JSON.parse(readFileSync(path('fixed/manifest.json'), 'utf8'))
  expect(inspected.constraints).toBe(constraints.total)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function expectAnswers({
  outputs,
  label,
  labels,
}: {
  outputs: { y: number[] }
  label: unknown
  labels: unknown
}) {
  expect({ label, labels }).toEqual({ label: null, labels: [0, 1] })
  const values = expected.flat()
  for (const [i, value] of values.entries()) expect(Math.abs(outputs.y[i]! - value)).toBeLessThan(0.02)
}

describe.each(['fixed', 'first', 'second'])('on the command line, a batch of the bundle %s', (name) => {
  test('is answered row by row', async () => {
    const nested = rows.map((row) => [[row.slice(0, 2), row.slice(2)]])
    for (const input of [rows, rows.flat(), nested, { x: rows }]) {
      expectAnswers(await call('infer', path(name), '--input', write('input.json', { input })))
    }
    const { stdout } = await callCommand([
      'infer',
      path(name),
      '--input',
      write('input.json', { input: rows }),
    ])
    expect(stdout).toMatch(/^y, row 0 +1\.2.*\ny, row 1 .*\nlabels +0 1$/m)
  })

  test('of another number of rows is refused in one line', async () => {
    for (const input of [rows.slice(1), [...rows, rows[0]], rows[0]]) {
      const refused = await callJson(['infer', path(name), '--input', write('input.json', { input })])
      expect(refused).toMatchObject({ code: 2, document: { error: { code: 'INVALID_INPUT' } } })
      expect(refused.document.error.message).toMatch(/^input "x" needs 2 rows of 4, 8 numbers, .+ got shape/)
    }
  })

  test('is proven and verified, by others too', async () => {
    const input = ['--input', write('input.json', { input: rows })]
    const proven = await call('prove', path(name), ...input, '--out', path('proof.json'))
    expectAnswers(proven)
    const bundles = [path(name)]
    if (name !== 'fixed') {
      bundles.push(path(`${name}-public`))
      await call('export-public', path(name), '--out', path(`${name}-public`))
    }
    for (const bundle of bundles) {
      const { valid, claim } = await call('verify', bundle, '--proof', path('proof.json'))
      expect(valid).toBe(true)
      expect(claim).toMatchObject({ integers: proven.integers, labels: [0, 1] })
    }
  })

  test('is no matter for evaluate, which takes rows one by one', async () => {
    const data = write('labelled.json', { inputs: [...rows, rows[0]], labels: [0, 1, 0] })
    expect(await call('evaluate', path(name), '--data', data)).toMatchObject({ count: 3, integerAccuracy: 1 })
  })
})

test.each(['fixed', 'second'])(
  'over HTTP a batch of the bundle %s is answered, proven and verified',
  async (name) => {
    const server = await testServer([path(name)], { registrations: ['pair=3:1'] })
    const [model] = (await server.inject({ url: '/models' })).json().models
    expect(model).toMatchObject({ batch: 2, inputs: [{ shape: [2, 1, 2, 2] }], outputs: [{ shape: [2, 3] }] })
    const body = { model: model.vkHash, input: rows, wait: true, nonce: '0x5' }
    const reply = (await post(server, '/infer', body)).json()
    expectAnswers(reply)
    expect(reply.calldata.inference.statement).toEqual(
      reply.publicSignals
        .slice(0, -1)
        .map((signal: string) => `0x${BigInt(signal).toString(16).padStart(64, '0')}`),
    )
    expect(reply.calldata.verify).toMatch(/^0x/)
    expect((await post(server, '/verify', reply)).json()).toMatchObject({
      valid: true,
      claim: { labels: [0, 1] },
    })
    const refused = (
      await post(server, '/infer', { model: model.vkHash, input: rows[0], proof: false })
    ).json()
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringMatching(/2 rows of 4, 8 numbers/),
    })
    await server.close()
  },
)
