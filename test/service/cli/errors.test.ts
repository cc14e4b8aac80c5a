import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { onnxModel } from '../../support/onnx-builder.js'
import { digitsBundle, digitsModel } from '../support/bundles.js'
import { callCommand, callJson } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-errors-'))
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const model = join(digitsModel, 'model.onnx')
const calibration = join(digitsModel, 'calibration.npz')
let bundle: string

beforeAll(async () => {
  bundle = await digitsBundle()
})
afterAll(() => rmSync(folder, { recursive: true }))

const noise = file(
  'noise.bin',
  Uint8Array.from({ length: 500 }, (_, i) => (i * 7919) % 251),
)
const short = file('short.json', '{"input": [1, 2, 3]}')
const infinite = file('infinite.json', `{"input": [1e999${',0'.repeat(63)}]}`)

describe('bad input and usage: exit code 2, one JSON document', () => {
  const cases: readonly (readonly [string, () => readonly string[], ErrorCode])[] = [
    ['an unknown verb', () => ['prvoe'], 'USAGE'],
    ['a missing argument', () => ['inspect'], 'USAGE'],
    ['a missing option', () => ['build', model, '--out', folder], 'USAGE'],
    ['an unknown option', () => ['infer', bundle, '--quick'], 'USAGE'],
    ['too many bits', () => ['inspect', model, '--bits', '17'], 'USAGE'],
    ['an unknown output kind', () => ['inspect', model, '--output', 'all'], 'USAGE'],
    ['no models to serve', () => ['serve', '--database', 'postgres://x'], 'USAGE'],
    ['a port of letters', () => ['serve', '--models', bundle, '--port', 'http'], 'USAGE'],
    ['a missing model', () => ['inspect', join(folder, 'none.onnx')], 'FILE_NOT_FOUND'],
    ['a directory for a model', () => ['inspect', folder], 'FILE_NOT_FOUND'],
    ['noise for a model', () => ['inspect', noise], 'INVALID_ONNX'],
    ['noise for data', () => ['inspect', model, '--calibration', noise], 'INVALID_DATA'],
    ['noise for an input', () => ['infer', bundle, '--input', noise], 'INVALID_INPUT'],
    ['an input of another shape', () => ['run', model, '--input', short], 'INVALID_INPUT'],
    ['an infinite input', () => ['infer', bundle, '--input', infinite], 'INVALID_INPUT'],
    ['noise for a proof', () => ['verify', bundle, '--proof', noise], 'INVALID_PROOF'],
    ['an input for a proof', () => ['verify', bundle, '--proof', short], 'INVALID_PROOF'],
    ['no bundle', () => ['infer', folder, '--input', short], 'BUNDLE_NOT_FOUND'],
    [
      'a malformed requester',
      () => ['prove', bundle, '--input', short, '--out', join(folder, 'p'), '--requester', 'me'],
      'INVALID_INPUT',
    ],
    [
      'a full output directory',
      () => ['build', model, '--calibration', calibration, '--out', folder],
      'BUNDLE_EXISTS',
    ],
  ]

  test.each(cases)('%s', async (_name, args, code) => {
    const { code: exitCode, document } = await callJson(args())
    expect(Object.keys(document)).toEqual(['error'])
    expect({ exitCode, ...document.error }).toMatchObject({
      exitCode: 2,
      code,
      message: expect.not.stringContaining('\n'),
      hints: expect.any(Array),
      details: expect.any(Object),
    })
  })
})

test('a model with unsupported operators is not supported: exit code 1, all offenders named', async () => {
  const onnx = onnxModel({
    opset: 13,
    inputs: [{ name: 'x', shape: [1, 4] }],
    outputs: ['y'],
    nodes: [
      { op: 'Det', inputs: ['x'], outputs: ['e'] },
      { op: 'Gelu', inputs: ['x'], outputs: ['g'] },
      { op: 'Add', inputs: ['e', 'g'], outputs: ['y'] },
    ],
  })
  const path = file('det.onnx', onnx)
  const { code, document } = await callJson(['inspect', path])
  expect({ code, document }).toMatchObject({ code: 1, document: { supported: false, opset: 13 } })
  const operators = document.unsupported.map(({ operator }: { operator: string }) => operator)
  expect(operators).toEqual(['Det', 'Gelu'])
  const built = await callJson(['build', path, '--calibration', calibration, '--out', join(folder, 'out')])
  expect(built).toMatchObject({ code: 2, document: { error: { code: 'UNSUPPORTED_OPERATOR' } } })
})

test('without --json errors go to standard error, with hints and no trace', async () => {
  const { code, stdout, stderr } = await callCommand(['infer', folder, '--input', short])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^zkserve: BUNDLE_NOT_FOUND: .+\n {2}Build one with .+\n$/)
})

test('without a verb the help is shown on standard error: exit code 2', async () => {
  const { code, stdout, stderr } = await callCommand([])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: zkserve/)
})

test('every verb has help and --json', async () => {
  const { stdout } = await callCommand(['--help'])
  for (const name of [
    ...['inspect', 'build', 'evaluate', 'run', 'infer', 'prove', 'verify', 'serve', 'demo', 'doctor'],
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    const help = await callCommand([name, '--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(new RegExp(`^Usage: zkserve ${name} `))
    expect(help.stdout).toContain('--json')
  }
})
