import { crc32, deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeGreyPng } from '#service/chain/decode-grey-png.js'

const [width, height] = [3, 2]
const pixels = Uint8Array.from([0, 1, 127, 128, 254, 255])
const signature = Buffer.from('89504e470d0a1a0a', 'hex')
const malformed = { code: 'INVALID_INPUT', message: expect.stringMatching(/^wrong PNG/) }

function chunk(kind: string, body: Uint8Array): Buffer {
  const framed = Buffer.alloc(body.length + 12)
  framed.writeUInt32BE(body.length, 0)
  framed.write(kind, 4, 'latin1')
  framed.set(body, 8)
  framed.writeUInt32BE(crc32(framed.subarray(4, -4)), body.length + 8)
  return framed
}

function header(bitDepth = 8): Buffer {
  const body = Buffer.alloc(13)
  body.writeUInt32BE(width, 0)
  body.writeUInt32BE(height, 4)
  body[8] = bitDepth
  return chunk('IHDR', body)
}

function data(filter = 0, cut = 0): Buffer {
  const rows = [0, 1].flatMap((row) => [filter, ...pixels.subarray(row * width, (row + 1) * width)])
  return chunk('IDAT', deflateSync(Uint8Array.from(rows.slice(0, rows.length - cut))))
}

const end = chunk('IEND', new Uint8Array())

test('reads a grey picture', () => {
  const file = Buffer.concat([signature, header(), data(), end])
  expect(decodeGreyPng(file)).toEqual({ width, height, pixels })
  const inside = Buffer.concat([Buffer.alloc(5), file]).subarray(5)
  expect(decodeGreyPng(inside)).toEqual({ width, height, pixels })
})

test.each([
  ['nothing', []],
  ['another signature', [Buffer.from('89504e470d0a1a0b', 'hex'), header(), data(), end]],
  ['a chunk that is cut off', [signature, header(), data().subarray(0, -1)]],
  ['a length beyond the end', [signature, header(), Buffer.from('ffffffff49444154', 'hex'), Buffer.alloc(8)]],
  ['no end', [signature, header(), data()]],
  ['another order', [signature, data(), header(), end]],
  ['16 bits a pixel', [signature, header(16), data(), end]],
  ['a filter', [signature, header(), data(1), end]],
  ['a row too short', [signature, header(), data(0, 1), end]],
  ['data that is none', [signature, header(), chunk('IDAT', new Uint8Array(9)), end]],
] as const)('refuses %s', (_, parts) => {
  expect(() => decodeGreyPng(Buffer.concat(parts))).toThrow(expect.objectContaining(malformed))
})

test('refuses more pixels than it may have, before they are unpacked', () => {
  const file = Buffer.concat([signature, header(), data(), end])
  expect(decodeGreyPng(file, width * height).pixels).toHaveLength(width * height)
  expect(() => decodeGreyPng(file, width * height - 1)).toThrow(expect.objectContaining(malformed))
})

test('refuses a file with any byte changed', () => {
  const file = Buffer.concat([signature, header(), data(), end])
  for (let k = 0; k < file.length; k++) {
    const changed = Uint8Array.from(file, (byte, j) => (j === k ? byte ^ 0x10 : byte))
    expect(() => decodeGreyPng(changed)).toThrow(expect.objectContaining(malformed))
  }
})
