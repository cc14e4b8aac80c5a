import { readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import { importOnnx } from '#circuits/import/import-model.js'
import { expectError } from '../../support/expect-error.js'
import { initializerOf } from '../../support/wire-format.js'

describe('files that are no ONNX models', () => {
  test.each([
    ['empty', new Uint8Array(0)],
    ['text', new TextEncoder().encode('this is not a model, but some words that go on for a while')],
    ['zeros', new Uint8Array(1000)],
    ['ones', new Uint8Array(1000).fill(255)],
    ['a zip', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0)],
    ['a field number of zero', Uint8Array.of(2, 1, 0)],
    ['a group', Uint8Array.of(8 * 7 + 3, 8 * 7 + 4)],
    ['an integer of eleven bytes', new Uint8Array(11).fill(0x80)],
    ['a graph as an integer', Uint8Array.of(7 * 8, 1)],
    ['a length beyond the file', Uint8Array.of(7 * 8 + 2, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a length beyond 2^63', Uint8Array.of(7 * 8 + 2, ...new Uint8Array(9).fill(0xff), 1)],
    ['a float list that ends within an element', initializerOf(4, 6, 0)],
    ['an integer list that ends within an element', initializerOf(7, 6, 0x80)],
  ])('%s', (_, bytes) => {
    expectError('INVALID_ONNX', () => importOnnx(bytes))
  })

  test('pseudo-random bytes', () => {
    let state = 1
    for (let round = 0; round < 500; round++) {
      const bytes = Uint8Array.from({ length: 64 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state >>> 24
      })
      expectError('INVALID_ONNX', () => importOnnx(bytes))
    }
  })

  test('a real model cut at every 97th byte', () => {
    const bytes = readFileSync('test/models/mnist-lenet5/model.onnx')
    for (let length = 0; length < bytes.length; length += 97) {
      expectError('INVALID_ONNX', () => importOnnx(bytes.subarray(0, length)))
    }
  })
})
