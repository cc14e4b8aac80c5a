/** A model with two inputs and two outputs, from its file to calldata: input modes hashed and public. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onnxModel, tensor } from '../support/onnx-builder.js'
import { callJson } from './support/command-line.js'
import { post, testServer } from './support/test-server.js'

const scoreWeights = [0.002, 3, -1, -0.001, -2, 1.5]
const onnx = onnxModel({
  inputs: [
    { name: 'person', shape: [1, 3] },
    { name: 'place', shape: [1, 2] },
  ],
  outputs: ['scores', 'distance'],
  nodes: [
    { op: 'Gemm', inputs: ['person', 'W'], outputs: ['scores'], attributes: { transB: 1 } },
    { op: 'Gemm', inputs: ['place', 'V'], outputs: ['hidden'], attributes: { transB: 1 } },
    { op: 'Relu', inputs: ['hidden'], outputs: ['distance'] },
  ],
  initializers: { W: tensor([2, 3], scoreWeights), V: tensor([1, 2], [1, -1]) },
})
/** Columns that differ a thousandfold in size. */
const inputs = { person: [900, 0.4, 0.2], place: [3, -1] }
const rows = {
  person: [inputs.person, [0, 0, 1], [1000, 1, 1], [500, 0.5, 0.1]],
  place: [inputs.place, [0, 0], [4, 4], [-4, -4]],
}
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const scores = [scoreWeights.slice(0, 3), scoreWeights.slice(3)].map((weights) => dot(inputs.person, weights))

let folder: string
const path = (name: string) => join(folder, name)
const write = (name: string, value: unknown): string => {
  writeFileSync(path(name), JSON.stringify(value))
  return path(name)
}
async function call(...args: string[]) {
  const { code, document } = await callJson(args)
  expect({ code, error: document.error }).toEqual({ code: 0, error: undefined })
  return document
}
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  writeFileSync(path('model.onnx'), onnx)
  const calibration = write('rows.json', { inputs: rows })
  for (const mode of ['hashed', 'public']) {
    const options = ['--calibration', calibration, '--input', mode, '--name', mode]
    await call('build', path('model.onnx'), ...options, '--out', path(mode))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Answer {
  readonly outputs: { readonly scores: number[]; readonly distance: number[] }
}

function expectAnswer({ outputs }: Answer) {
  expect(outputs.distance[0]).toBeCloseTo(4, 1)
  for (const [i, score] of scores.entries()) expect(Math.abs(outputs.scores[i]! - score)).toBeLessThan(0.05)
}

describe.each([
  ['hashed', ['inputCommitment', 'output', 'context']],
  ['public', ['input', 'input', 'output', 'context']],
] as const)('with the input %s', (mode, kinds) => {
  test('columns of a table have scales of their own, and signals an order', () => {
    const { inputs: ports, publicSignals } = JSON.parse(readFileSync(path(`${mode}/manifest.json`), 'utf8'))
    expect(ports.map(({ name }: { name: string }) => name)).toEqual(['person', 'place'])
    const [{ scales }] = ports
    expect(scales).toHaveLength(3)
    expect(scales[0] / scales[1]).toBeGreaterThan(500)
    expect(publicSignals.map(({ kind }: { kind: string }) => kind)).toEqual(kinds)
    expect(publicSignals.at(-2)).toMatchObject({ first: 0, lanes: 3 })
  })

  test('the command line proves and verifies all outputs', async () => {
    const input = write('input.json', { inputs })
    expectAnswer(await call('infer', path(mode), '--input', input))
    const proven = await call('prove', path(mode), '--input', input, '--out', path('proof.json'))
    expectAnswer(proven)
    const { claim } = await call('verify', path(mode), '--proof', path('proof.json'))
    expect(claim).toMatchObject({ integers: proven.integers, label: proven.label })
    const lanes = [...proven.integers.scores, ...proven.integers.distance]
    const word = lanes.reduceRight((packed, lane) => (packed << 32n) + BigInt.asUintN(32, BigInt(lane)), 0n)
    expect(proven.publicSignals.at(-2)).toBe(word.toString())
    const data = write('data.json', { inputs: rows })
    expect((await call('evaluate', path(mode), '--data', data)).outputs).toMatchObject([
      { name: 'scores' },
      { name: 'distance' },
    ])
  })

  test('the service answers with calldata, and says which input is missing', async () => {
    const server = await testServer([path(mode)], { registrations: [`${mode}=1:1`] })
    const reply = (await post(server, '/infer', { inputs, wait: true })).json()
    expectAnswer(reply)
    expect(reply.calldata.inference.statement).toHaveLength(kinds.length - 1)
    expect(reply.calldata.inference.statement.map(BigInt).map(String)).toEqual(
      reply.publicSignals.slice(0, -1),
    )
    expect(reply.inputCommitment === null).toBe(mode === 'public')
    expect((await post(server, '/verify', reply)).json().valid).toBe(true)
    const { person } = inputs
    const refused = (await post(server, '/infer', { inputs: { person }, proof: false })).json()
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', detail: 'input "place" is missing' })
    await server.close()
  })
})
