import { expect, test } from 'vitest'
import { readAddress, readAmount, readId, readMoment, readVersion } from '#service/cli/chain-options.js'

test.each<[string, bigint]>([
  ['0.01', 10n ** 16n],
  ['0.01ether', 10n ** 16n],
  ['1', 10n ** 18n],
  ['0', 0n],
  ['20gwei', 20n * 10n ** 9n],
  ['1.5gwei', 1_500_000_000n],
  ['7wei', 7n],
  ['0.000000000000000001', 1n],
  ['123456789012345678901234.123456789012345678', 123456789012345678901234123456789012345678n],
])('%s is that much money, exactly', (text, wei) => {
  expect(readAmount(text)).toBe(wei)
})

test.each([
  '',
  '.5',
  '1.',
  '1e18',
  '-1',
  '+1',
  '0x1',
  '1,5',
  '1 ether',
  '1.5wei',
  '0.0000000000000000001',
  '1eth',
])('"%s" is no money', (text) => {
  expect(() => readAmount(text)).toThrow(/^Expected/)
})

test('addresses of mixed case carry their checksum', () => {
  const right = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
  expect(readAddress(right)).toBe(right)
  expect(readAddress(right.toLowerCase())).toBe(right.toLowerCase())
  expect(() => readAddress(right.replace('f39F', 'f39f'))).toThrow(/checksum/)
  expect(() => readAddress(right.slice(0, -1))).toThrow(/40 hex digits/)
})

test('times are dates, or from now on', () => {
  expect(readMoment('90s')).toEqual({ in: 90 })
  expect(readMoment('30d')).toEqual({ in: 30 * 86_400 })
  expect(readMoment('2030-01-31')).toEqual({ at: Date.UTC(2030, 0, 31) / 1000 })
  expect(readMoment('2030-01-31T12:00+02:00')).toEqual({ at: Date.UTC(2030, 0, 31, 10) / 1000 })
  for (const text of ['2030-13-01', '2030-01-31T12:00', 'tomorrow', '30', '1801000000']) {
    expect(() => readMoment(text)).toThrow(/^Expected/)
  }
})

test('ids and versions are those of a chain', () => {
  expect(readId(`${2n ** 256n - 1n}`)).toBe(2n ** 256n - 1n)
  expect(readVersion('1:2')).toEqual({ modelId: 1n, version: 2 })
  for (const text of [`${2n ** 256n}`, '-1', '0x1', '1.0']) expect(() => readId(text)).toThrow(/^Expected/)
  for (const text of ['1', '1:', ':1', '1:4294967296', '1:2:3']) {
    expect(() => readVersion(text)).toThrow(/^Expected/)
  }
})
