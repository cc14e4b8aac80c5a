import { describe, expect, test } from 'vitest'
import { parseInput } from '#circuits/data/input.js'
import { expectError } from '../../support/expect-error.js'

const image = [{ name: 'x', shape: [1, 1, 2, 2] }]
const pair = [
  { name: 'a', shape: [1, 2] },
  { name: 'b', shape: [1] },
]

describe('an inference input', () => {
  test.each([
    ['flat', { input: [1, 2, 3, 4] }],
    [
      'nested',
      {
        input: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    [
      'nested with a batch axis',
      {
        input: [
          [
            [
              [1, 2],
              [3, 4],
            ],
          ],
        ],
      },
    ],
    ['by name', { input: { x: [1, 2, 3, 4] } }],
    ['under "inputs"', { inputs: { x: [1, 2, 3, 4] } }],
    ['beside other keys', { input: [1, 2, 3, 4], wait: true }],
  ])('is read %s', (_, value) => {
    expect([...parseInput(value, image)]).toEqual([
      ['x', { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ])
  })

  test('of a batch is read as rows, flat or nested, or flat as a whole', () => {
    const two = [{ name: 'x', shape: [2, 1, 2, 2] }]
    const nested = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]
    for (const input of [[1, 2, 3, 4, 5, 6, 7, 8], nested.map((row) => row.flat()), nested]) {
      expect([...parseInput({ input }, two, 2)]).toEqual([
        ['x', { shape: [2, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }],
      ])
    }
    for (const input of [
      nested.slice(1),
      [...nested, nested[0]],
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    ]) {
      expectError(
        'INVALID_INPUT',
        () => parseInput({ input }, two, 2),
        /needs 2 rows of 4, 8 numbers, flat or/,
      )
    }
  })

  test('of several inputs is read by name', () => {
    const tensors = parseInput({ inputs: { b: [3], a: [[1, 2]] } }, pair)
    expect([...tensors.keys()]).toEqual(['a', 'b'])
    expectError('INVALID_INPUT', () => parseInput({ input: [1, 2] }, pair), /"a", "b": give an object/)
    expectError('INVALID_INPUT', () => parseInput({ input: { a: [1, 2] } }, pair), /"b" is missing/)
    expectError(
      'INVALID_INPUT',
      () => parseInput({ input: { a: [1, 2], b: [1], c: [1] } }, pair),
      /no input "c"/,
    )
  })

  test.each([
    ['null', null, /got null/],
    ['a list', [1, 2, 3, 4], /got an array/],
    ['no input', {}, /lacks "input"/],
    ['two inputs', { input: [1], inputs: [1] }, /both/],
    ['a number', { input: 1 }, /array of numbers, got 1/],
    ['a string', { input: '1,2,3,4' }, /a string/],
    ['strings', { input: [1, '2', 3, 4] }, /a string at \[1\]/],
    ['null elements', { input: [1, null, 3, 4] }, /null at \[1\]/],
    ['booleans', { input: [1, true, 3, 4] }, /a boolean/],
    ['NaN', { input: [1, Number.NaN, 3, 4] }, /NaN at \[1\]/],
    ['infinities', { input: [1, 2, 3, -1 / 0] }, /-Infinity at \[3\]/],
    ['what overflows float32', { input: [1, 2, 3, 1e39] }, /1e\+39 at element 3/],
    ['ragged rows', { input: [[1, 2], [3]] }, /ragged: needs 2 elements at \[1\], got 1/],
    ['rows and numbers', { input: [[1, 2], 3] }, /ragged/],
    ['numbers and rows', { input: [1, [2, 3, 4]] }, /an array at \[1\]/],
    ['too few numbers', { input: [1, 2, 3] }, /needs 4 numbers, flat or as \[1, 1, 2, 2\], got shape \[3\]/],
    ['too many numbers', { input: [1, 2, 3, 4, 5] }, /got shape \[5\]/],
    ['nothing', { input: [] }, /got shape \[0\]/],
    ['deep nesting', { input: JSON.parse('['.repeat(500) + ']'.repeat(500)) }, /deeper/],
  ])('of %s is refused', (_, value, message) => {
    expectError('INVALID_INPUT', () => parseInput(value, image), message)
  })

  test('transposed is refused', () => {
    const wide = [{ name: 'x', shape: [1, 2, 3] }]
    const tall = {
      input: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    }
    expectError('INVALID_INPUT', () => parseInput(tall, wide), /got shape \[3, 2\]/)
  })
})
