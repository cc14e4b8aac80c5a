import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { errorText } from '#service/cli/error-output.js'
import { formatTable } from '#service/cli/table.js'
import { onnxModel } from '../../support/onnx-builder.js'
import { callCommand } from '../support/command-line.js'

/** Clears the screen, overwrites the line, says something of its own, and turns what follows. */
const hostile = 'y\u001b[2J\u009b1A\r\nvalid\u202e'
const escaped = String.raw`y\u001b[2J\u009b1A\u000d\u000avalid\u202e`

const folder = mkdtempSync(join(tmpdir(), 'zkserve-printable-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('names of outputs and inputs reach the terminal escaped', async () => {
  const path = join(folder, 'model.onnx')
  const input = join(folder, 'input.json')
  const nodes = [{ op: 'Relu', inputs: ['x'], outputs: [hostile] }]
  writeFileSync(
    path,
    onnxModel({ opset: 13, inputs: [{ name: 'x', shape: [1, 2] }], outputs: [hostile], nodes }),
  )
  writeFileSync(input, '{"input": [-1, 2]}')
  const { stdout } = await callCommand(['run', path, '--input', input])
  expect(stdout).toBe(`${escaped}: 0 2\n`)
})

test('answers, labels, tables and errors are escaped, and keep their own lines', () => {
  const inference = { outputs: { [hostile]: [1] }, label: hostile, labels: [hostile], saturated: 0 }
  expect(describeInference(inference as never)).toBe(
    `${escaped}  1.0000\nlabel${' '.repeat(escaped.length - 5)}  ${escaped}`,
  )
  expect(formatTable(['layer'], [[hostile], ['next']])).toBe(`layer\n${escaped}\nnext`)
  const error = new ZkserveError('USAGE', `no output "\u001b]0;title\u0007"`, { hints: ['\u001b[31mred'] })
  const lines = [
    String.raw`zkserve: USAGE: no output "\u001b]0;title\u0007"`,
    String.raw`  \u001b[31mred`,
    '',
  ]
  expect(errorText(error)).toBe(lines.join('\n'))
})

test('names in any script stay as they are', () => {
  expect(formatTable(['label'], [['größe 桜 🐈 عدد']])).toBe('label\ngröße 桜 🐈 عدد')
})
