import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProofFile } from '#prover/verify.js'
import { digitsBundle, digitsInput, digitsModel } from '../support/bundles.js'
import { callCommand, callJson, runJson } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-'))
const model = join(digitsModel, 'model.onnx')
const calibration = join(digitsModel, 'calibration.npz')
const input = join(folder, 'input.json')
const proof = join(folder, 'proof.json')
let bundle: string

beforeAll(async () => {
  bundle = await digitsBundle()
  writeFileSync(input, JSON.stringify({ input: digitsInput() }))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('inspect predicts with calibration what build measures', async () => {
  const { code, document } = await callJson(['inspect', model, '--calibration', calibration])
  expect(code).toBe(0)
  const manifest = JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8'))
  expect(document).toMatchObject({
    supported: true,
    unsupported: [],
    opset: 13,
    inputs: [{ name: 'input', shape: [1, 1, 8, 8] }],
    outputs: [{ name: 'logits', shape: [1, 10] }],
    parameters: 410,
    macs: expect.any(Number),
    layers: manifest.constraints.layers,
    constraints: manifest.constraints.total,
    estimate: false,
  })
})

test('evaluate compares the models over labelled rows', async () => {
  const { code, document } = await callJson(['evaluate', bundle, '--data', join(digitsModel, 'test.npz')])
  expect(code).toBe(0)
  expect(document).toMatchObject({ count: 500, floatAccuracy: 0.966, maxAbsError: expect.any(Number) })
  expect(document.integerAccuracy).toBeGreaterThan(0.96)
  expect(document.agreement).toBeGreaterThan(0.98)
  expect(document.meanAbsError).toBeLessThan(document.maxAbsError)
})

test('evaluate has no accuracies without labels', async () => {
  const rows = JSON.stringify({ inputs: [digitsInput(), digitsInput(0.2)] })
  const { document } = await runJson(['evaluate', bundle, '--data', '-'], rows)
  expect(document).toMatchObject({ count: 2, floatAccuracy: null, integerAccuracy: null })
})

test('run gives the float outputs, infer those of the integer model', async () => {
  const float = await callJson(['run', model, '--input', input])
  expect(float).toMatchObject({ code: 0, document: { outputs: { logits: { shape: [1, 10] } } } })
  const integer = await runJson(['infer', bundle, '--input', '-'], readFileSync(input, 'utf8'))
  expect(integer.code).toBe(0)
  const { outputs, integers, label } = integer.document
  const data: number[] = float.document.outputs.logits.data
  expect(outputs.logits.indexOf(Math.max(...outputs.logits))).toBe(label)
  expect(integers.logits.every(Number.isInteger)).toBe(true)
  for (const [i, value] of data.entries()) expect(Math.abs(outputs.logits[i]! - value)).toBeLessThan(1)
})

describe('a proof', () => {
  test('is written by prove and accepted by verify', async () => {
    const proven = await runJson(['prove', bundle, '--input', input, '--out', proof, '--nonce', '0x1f'])
    expect(proven.code).toBe(0)
    expect(proven.document).toMatchObject({
      publicSignals: expect.any(Array),
      inputCommitment: proven.document.publicSignals[0],
      outputs: { logits: expect.any(Array) },
      backend: expect.stringMatching(/^(native|wasm|snarkjs)$/),
      timings: { witness: expect.any(Number), prove: expect.any(Number), verify: expect.any(Number) },
    })
    const file = JSON.parse(readFileSync(proof, 'utf8'))
    expect(file).toMatchObject({ publicSignals: proven.document.publicSignals, context: { nonce: '0x1f' } })
    expect(JSON.stringify(file)).not.toContain(proven.document.salt)
    expect(await runJson(['verify', bundle, '--proof', proof])).toMatchObject({
      code: 0,
      document: { valid: true },
    })
  })

  test.each<[string, (file: ProofFile) => object]>([
    ['another output', (file) => ({ ...file, publicSignals: file.publicSignals.with(1, '5') })],
    ['another nonce', (file) => ({ ...file, context: { ...file.context, nonce: '0x20' } })],
    ['another model', (file) => ({ ...file, model: { ...file.model, vkHash: '0x00' } })],
    ['a point off the curve', (file) => ({ ...file, proof: { ...file.proof, pi_a: ['1', '3', '1'] } })],
  ])('with %s is invalid: exit code 1', async (_name, change) => {
    const forged = join(folder, 'forged.json')
    writeFileSync(forged, JSON.stringify(change(JSON.parse(readFileSync(proof, 'utf8')))))
    const { code, document } = await callJson(['verify', bundle, '--proof', forged])
    expect({ code, document }).toMatchObject({
      code: 1,
      document: { valid: false, reason: expect.any(String) },
    })
  })
})

test.each(['verification_key.json', 'proving.zkey', 'manifest.json'])(
  'a flipped byte in %s is refused: exit code 1',
  async (name) => {
    const damaged = join(folder, `damaged-${name}`)
    cpSync(bundle, damaged, { recursive: true })
    const bytes = readFileSync(join(damaged, name))
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(join(damaged, name), bytes)
    const out = join(folder, 'never.json')
    const refused = await callJson(['prove', damaged, '--input', input, '--out', out])
    expect(refused).toMatchObject({ code: 1, document: { error: { code: 'BUNDLE_CORRUPT' } } })
    expect(existsSync(out)).toBe(false)
  },
)

test('doctor names what is used and what is missing', async () => {
  const { code, document } = await callJson(['doctor'])
  expect({ code, document }).toMatchObject({ code: 0, document: { ok: true } })
  const names = document.parts.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['node', 'snarkjs', 'anvil', 'forge', 'solc']))
})

test('for people there are lines and tables, not JSON', async () => {
  const { code, stdout, stderr } = await callCommand(['inspect', model])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^opset +13$/m)
  expect(stdout).toMatch(/^total \(estimate\) +410 +1,656 +[\d,]+$/m)
})
