/** Private weights on the command line, over HTTP and on chain. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { runPrivateDemo } from '#service/demo/private-weights.js'
import { retrained } from '#service/demo/retrain.js'
import { digitsInput, digitsModel } from './support/bundles.js'
import { callJson, runJson } from './support/command-line.js'
import { post, testServer } from './support/test-server.js'

const model = join(digitsModel, 'model.onnx')
const calibration = join(digitsModel, 'calibration.npz')
let folder: string
const path = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  const data = ['--calibration', calibration]
  await call('build', model, ...data, '--weights', 'committed', '--out', path('a'))
  writeFileSync(path('retrained.onnx'), retrained(readFileSync(model)))
  await call('commit', path('a'), path('retrained.onnx'), ...data, '--out', path('b'))
  await call('export-public', path('a'), '--out', path('public'))
  writeFileSync(path('input.json'), JSON.stringify({ input: digitsInput() }))
})
async function call(...args: string[]) {
  const { code, document } = await callJson(args)
  expect({ code, document }).toMatchObject({ code: 0 })
  return document
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the command line', () => {
  test('proves under private weights; the public view verifies, another version does not', async () => {
    const proof = ['--proof', path('proof.json')]
    const prove = ['prove', path('a'), '--input', path('input.json'), '--out', path('proof.json')]
    expect((await runJson(prove)).code).toBe(0)
    expect(await call('verify', path('a'), ...proof)).toMatchObject({ valid: true })
    expect(await call('verify', path('public'), ...proof)).toMatchObject({ valid: true })
    const other = await callJson(['verify', path('b'), ...proof])
    expect(other).toMatchObject({ code: 1, document: { valid: false } })
  })

  test('inspect predicts what build measures', async () => {
    const inspected = await call('inspect', model, '--calibration', calibration, '--weights', 'committed')
    const { constraints } = JSON.parse(readFileSync(path('a/manifest.json'), 'utf8'))
    expect(inspected).toMatchObject({ constraints: constraints.total, layers: constraints.layers })
  })

  test('runs and evaluates private models as others', async () => {
    const [a, b] = [
      await call('infer', path('a'), '--input', path('input.json')),
      await call('infer', path('b'), '--input', path('input.json')),
    ]
    expect(a.outputs.logits).not.toEqual(b.outputs.logits)
    const { agreement } = await call('evaluate', path('b'), '--data', join(digitsModel, 'test.npz'))
    expect(agreement).toBeGreaterThan(0.97)
  })

  test('says what a public view is not for', async () => {
    const refused = await callJson(['infer', path('public'), '--input', path('input.json')])
    expect(refused.document.error.message).toMatch(/public view/)
  })

  test('shares large files between versions, and no secret with the public', () => {
    expect(existsSync(path('public/proving.zkey'))).toBe(false)
    expect(existsSync(path('public/weights.private.json'))).toBe(false)
    expect(readFileSync(path('a/proving.zkey')).equals(readFileSync(path('b/proving.zkey')))).toBe(true)
  })
})

test('the service proves under private weights, and tells nothing of them', async () => {
  const server = await testServer([path('a'), path('b')])
  try {
    const { manifest, hidden } = await loadBundle(path('a'))
    const { body } = await server.inject({ url: `/models/${manifest.vkHash}` })
    expect(JSON.parse(body)).toMatchObject({ weights: 'committed', commitment: manifest.committed })
    const response = await post(server, '/infer', {
      model: manifest.vkHash,
      input: digitsInput(),
      wait: true,
    })
    expect(response.statusCode).toBe(200)
    const reply = response.json()
    expect(reply.publicSignals).toHaveLength(manifest.publicSignals.length)
    const verified = await post(server, '/verify', reply)
    expect(verified.json().valid).toBe(true)
    for (const text of [body, response.body]) {
      expect(text).not.toContain(hidden!.blinding.toString())
      expect(text).not.toContain(Array.from(hidden!.weights.subarray(0, 4)).join(','))
    }
  } finally {
    await server.close()
  }
})

test('the demo registers two versions, proves under each, and sees forgeries refused', async () => {
  const { digits, refusals } = await runPrivateDemo({ json: true })
  expect(digits).toEqual([3, 3])
  expect(refusals.map(({ reason }) => reason)).toEqual(['InvalidProof', 'WeightsOutsideSpan'])
})
