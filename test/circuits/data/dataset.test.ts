import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Dataset, datasetRow, parseDataset } from '#circuits/data/dataset.js'
import { expectError } from '../../support/expect-error.js'
import { npy, npz } from '../../support/npy-writer.js'

const image = [{ name: 'x', shape: [1, 1, 2, 2] }]
const pair = [
  { name: 'a', shape: [1, 2] },
  { name: 'b', shape: [1, 1] },
]

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function plain(dataset: Dataset): unknown {
  const inputs = Array.from(dataset.inputs, ([name, { shape, data }]) => [name, shape, [...data]])
  return { count: dataset.count, inputs, labels: dataset.labels === null ? null : [...dataset.labels] }
}

const rows = { count: 2, inputs: [['x', [2, 1, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]]], labels: [3, 4] }
const numbers = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const labels = npy('<i8', [2], BigInt64Array.of(3n, 4n))

describe('a dataset', () => {
  test.each([
    ['.npz of flat rows', npz({ inputs: npy('<f4', [2, 4], numbers), labels })],
    ['.npz of nested rows', npz({ inputs: npy('<f4', [2, 1, 2, 2], numbers), labels })],
    ['.npz by input name', npz({ x: npy('<f8', [2, 2, 2], Float64Array.from(numbers)), labels })],
    [
      'JSON of flat rows',
      json({
        inputs: [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
        labels: [3, 4],
      }),
    ],
    [
      'JSON of nested rows',
      json({
        inputs: [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
        labels: [3, 4],
      }),
    ],
    [
      'JSON by input name',
      json({
        inputs: {
          x: [
            [1, 2, 3, 4],
            [5, 6, 7, 8],
          ],
        },
        labels: [3, 4],
      }),
    ],
    [
      'labels as floats in a column',
      npz({ inputs: npy('<f4', [2, 4], numbers), labels: npy('<f4', [2, 1], Float32Array.of(3, 4)) }),
    ],
  ])('is read from %s', (_, bytes) => {
    expect(plain(parseDataset(bytes, image))).toEqual(rows)
  })

  test('may lack labels, and may be one .npy', () => {
    const dataset = parseDataset(npy('<f4', [2, 4], numbers), image)
    expect(plain(dataset)).toEqual({ ...rows, labels: null })
    expect(parseDataset(json({ inputs: [[1, 2, 3, 4]] }), image).labels).toBeNull()
  })

  test('gives rows in the shapes of the inputs', () => {
    const dataset = parseDataset(
      npz({ a: npy('<f4', [4, 2], numbers), b: npy('<i4', [4], Int32Array.of(9, 8, 7, 6)) }),
      pair,
    )
    expect([...datasetRow(dataset, 2)]).toEqual([
      ['a', { shape: [1, 2], data: Float32Array.of(5, 6) }],
      ['b', { shape: [1, 1], data: Float32Array.of(7) }],
    ])
    const fromJson = parseDataset(json({ inputs: { a: [[1, 2]], b: [3] } }), pair)
    expect(fromJson.count).toBe(1)
  })

  test('of a real model holds its rows and labels', () => {
    const inputs = [{ name: 'input', shape: [1, 1, 8, 8] }]
    const dataset = parseDataset(readFileSync('test/models/digits-cnn/test.npz'), inputs)
    expect([dataset.count, dataset.labels!.length]).toEqual([500, 500])
    expect(dataset.inputs.get('input')!.shape).toEqual([500, 1, 1, 8, 8])
  })

  test.each([
    [
      'rows of another size',
      json({ inputs: [[1, 2, 3]] }),
      /needs rows of \[1, 1, 2, 2\] \(4 numbers\), got .* \[1, 3\]/,
    ],
    [
      'rows of another form',
      json({
        inputs: [
          [
            [1, 2, 3, 4],
            [1, 2, 3, 4],
          ],
        ],
      }),
      /got an array of shape \[1, 2, 4\]/,
    ],
    ['a row without an axis for rows', json({ inputs: [1, 2, 3, 4] }), /shape \[4\]/],
    ['a number', json({ inputs: 3 }), /shape \[\]/],
    ['no inputs', json({ labels: [1] }), /lack input "x"/],
    ['null inputs', json({ inputs: null }), /lack input "x"/],
    ['no rows', json({ inputs: [] }), /shape \[0\]/],
    [
      'ragged rows',
      json({
        inputs: [
          [1, 2, 3, 4],
          [1, 2, 3],
        ],
      }),
      /ragged: needs 4 elements at \[1\]/,
    ],
    ['strings', json({ inputs: [[1, 2, 3, '4']] }), /a string at \[0, 3\]/],
    ['too few labels', json({ inputs: [[1, 2, 3, 4]], labels: [] }), /1 labels/],
    ['labels with fractions', json({ inputs: [[1, 2, 3, 4]], labels: [1.5] }), /label 0 is 1.5/],
    ['labels beyond 32 bits', json({ inputs: [[1, 2, 3, 4]], labels: [2 ** 40] }), /32-bit/],
    ['a list', json([[1, 2, 3, 4]]), /an array/],
    ['no JSON', new TextEncoder().encode('{"inputs": [[1, 2, NaN, 4]]}'), /neither \.npz nor JSON/],
    ['no text', Uint8Array.of(255, 254, 1), /neither/],
    ['nothing', new Uint8Array(0), /neither/],
    ['NaN', npz({ inputs: npy('<f4', [1, 4], Float32Array.of(1, 2, Number.NaN, 4)) }), /NaN in row 0/],
    [
      'what overflows float32',
      npz({ inputs: npy('<f8', [1, 4], Float64Array.of(1, 2, 1e300, 4)) }),
      /1e\+300/,
    ],
  ])('of %s is refused', (_, bytes, message) => {
    expectError('INVALID_DATA', () => parseDataset(bytes, image), message)
  })

  test('whose inputs differ in rows is refused', () => {
    const bytes = json({ inputs: { a: [[1, 2]], b: [3, 4] } })
    expectError('INVALID_DATA', () => parseDataset(bytes, pair), /1 and 2 rows/)
  })
})
