import { describe, expect, test } from 'vitest'
import { parseNpy } from '#circuits/data/npy.js'
import { parseNpz } from '#circuits/data/npz.js'
import { expectError } from '../../support/expect-error.js'
import { npy, npz } from '../../support/npy-writer.js'

describe('.npy', () => {
  test.each([
    ['<f4', Float32Array.of(1.5, -2)],
    ['<f8', Float64Array.of(1.5, -2)],
    ['<f2', Uint16Array.of(0x3e00, 0xc000)],
  ])('reads floats of type %s', (descr, data) => {
    expect([...parseNpy(npy(descr, [2], data)).data]).toEqual([1.5, -2])
  })

  test.each([
    ['|i1', Int8Array.of(-1, 2)],
    ['<i2', Int16Array.of(-1, 2)],
    ['<i4', Int32Array.of(-1, 2)],
    ['<i8', BigInt64Array.of(-1n, 2n)],
  ])('reads signed integers of type %s', (descr, data) => {
    expect([...parseNpy(npy(descr, [2], data)).data]).toEqual([-1, 2])
  })

  test.each([
    ['|u1', Uint8Array.of(255, 2), [255, 2]],
    ['<u2', Uint16Array.of(65535, 2), [65535, 2]],
    ['<u4', Uint32Array.of(4294967295, 2), [4294967295, 2]],
    ['<u8', BigUint64Array.of(3n, 2n), [3, 2]],
    ['|b1', Uint8Array.of(1, 0), [1, 0]],
  ])('reads unsigned integers of type %s', (descr, data, values) => {
    expect([...parseNpy(npy(descr, [2], data)).data]).toEqual(values)
  })

  test('reads both versions, scalars and Fortran order', () => {
    const data = Float32Array.of(1, 4, 2, 5, 3, 6)
    expect(parseNpy(npy('<f4', [2, 3], data, { fortran: true }))).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    })
    expect(parseNpy(npy('<f4', [], Float32Array.of(7), { version: 2 }))).toEqual({
      shape: [],
      data: Float32Array.of(7),
    })
  })

  test.each([
    ['no .npy file', new Uint8Array(100), /no \.npy file/],
    ['strings', npy('<U3', [1], new Uint8Array(12)), /type "<U3"/],
    ['objects', npy('|O', [1], new Uint8Array(8)), /header/],
    ['complex numbers', npy('<c8', [1], new Uint8Array(8)), /type "<c8"/],
    ['big-endian data', npy('>f4', [1], new Uint8Array(4)), /big-endian/],
    ['missing data', npy('<f4', [2], new Uint8Array(4)), /needs 8 bytes/],
    ['a truncated header', npy('<f4', [1], new Uint8Array(4)).subarray(0, 30), /truncated/],
    ['a huge shape', npy('<f4', [1e9, 1e9], new Uint8Array(4)), /more than/],
  ])('refuses %s', (_, bytes, message) => {
    expectError('INVALID_DATA', () => parseNpy(bytes), message)
  })
})

describe('.npz', () => {
  const archive = npz({ a: npy('<f4', [2], Float32Array.of(1, 2)), b: npy('<U3', [1], new Uint8Array(12)) })

  test('reads the arrays asked for and leaves others packed', () => {
    const arrays = parseNpz(archive, new Set(['a', 'c']))
    expect([...arrays]).toEqual([['a', { shape: [2], data: Float32Array.of(1, 2) }]])
    expectError('INVALID_DATA', () => parseNpz(archive, new Set(['b'])), /array "b"/)
  })

  test('refuses archives cut at any byte', () => {
    for (let length = 0; length < archive.length; length += 5) {
      expectError('INVALID_DATA', () => parseNpz(archive.subarray(0, length), new Set(['a'])))
    }
  })

  test('refuses arrays and archives beyond the limits before unpacking them', () => {
    const bomb = npz({ a: new Uint8Array(2 ** 22) })
    const limits = { arrayBytes: 2 ** 20, arrays: 1, elements: 2 ** 20 }
    expectError('INVALID_DATA', () => parseNpz(bomb, new Set(['a']), limits), /larger than/)
    expectError('INVALID_DATA', () => parseNpz(archive, new Set(['a']), limits), /more than 1 files/)
  })
})
