import { beforeAll, expect, test } from 'vitest'
import { baseModulus, scalarModulus } from '#prover/curve/bn254.js'
import { parseProof } from '#prover/proof/parse.js'
import { outsideSubgroup } from '../../support/curve-points.js'
import { provenCircuit } from '../../support/proven-circuit.js'
import { RandomSource } from '../../support/random-source.js'

/** A proof file as loose JSON, for tests to spoil. */
// biome-ignore lint/suspicious/noExplicitAny: hostile input has no type
type Loose = any

let honest: string
beforeAll(async () => {
  honest = JSON.stringify((await provenCircuit()).proof)
})

const plus = (value: string, modulus: bigint): string => (BigInt(value) + modulus).toString()

const spoiled: [string, (file: Loose) => unknown][] = [
  ['null', () => null],
  ['a string', () => 'proof'],
  ['an empty object', () => ({})],
  ['an array', () => []],
  ['no proof', (file) => ({ ...file, proof: undefined })],
  ['another protocol', (file) => ({ ...file, proof: { ...file.proof, protocol: 'plonk' } })],
  ['no protocol', (file) => ({ ...file, proof: { ...file.proof, protocol: undefined } })],
  ['another curve', (file) => ({ ...file, proof: { ...file.proof, curve: 'bls12381' } })],
  ['signals as an object', (file) => ({ ...file, publicSignals: { 0: '1', length: 1 } })],
  ['signals as a string', (file) => ({ ...file, publicSignals: '123' })],
  ['a million signals', (file) => ({ ...file, publicSignals: new Array(1e6).fill('0') })],
  ['a sparse array of signals', (file) => ({ ...file, publicSignals: new Array(3) })],
]

test('reads an honest proof, and lets other properties be', () => {
  const file = JSON.parse(honest)
  expect(parseProof({ ...file, model: 'digits', proof: { ...file.proof, note: 1 } }).signals).toEqual([
    3n,
    4n,
    5n,
  ])
})

test.each(spoiled)('refuses %s', (_name, spoil) => {
  expect(() => parseProof(spoil(JSON.parse(honest)))).toThrow(
    expect.objectContaining({ code: 'INVALID_PROOF' }),
  )
})

test('refuses every other encoding of every coordinate', () => {
  const paths = [
    ['pi_a', 0],
    ['pi_a', 1],
    ['pi_c', 0],
    ['pi_c', 1],
  ] as const
  const pairs = [
    ['pi_b', 0, 0],
    ['pi_b', 0, 1],
    ['pi_b', 1, 0],
    ['pi_b', 1, 1],
  ] as const
  const encodings: ((value: string) => unknown)[] = [
    (value) => plus(value, baseModulus),
    (value) => plus(value, 2n ** 256n),
    (value) => plus(value, -baseModulus),
    (value) => `0${value}`,
    (value) => `+${value}`,
    (value) => ` ${value}`,
    (value) => `${value}\n`,
    (value) => `0x${BigInt(value).toString(16)}`,
    (value) => Number(value),
    (value) => BigInt(value),
    (value) => [value],
    (value) => `${value}n`,
    () => '',
    () => null,
    () => undefined,
    () => '9'.repeat(100_000),
  ]
  for (const [point, ...path] of [...paths, ...pairs]) {
    for (const encode of encodings) {
      const file = JSON.parse(honest)
      const parent = path.length === 2 ? file.proof[point][path[0]!] : file.proof[point]
      parent[path.at(-1)!] = encode(parent[path.at(-1)!])
      expect(() => parseProof(file), `${point} ${path}`).toThrow(
        expect.objectContaining({ code: 'INVALID_PROOF' }),
      )
    }
  }
})

test('refuses every other encoding of a public signal', () => {
  for (let index = 0; index < 3; index++) {
    const { publicSignals } = JSON.parse(honest)
    const value = publicSignals[index]
    const encodings = [
      plus(value, scalarModulus),
      plus(value, -scalarModulus),
      `0${value}`,
      Number(value),
      '1e3',
      null,
    ]
    for (const encoding of encodings) {
      const file = { ...JSON.parse(honest), publicSignals: publicSignals.with(index, encoding) }
      expect(() => parseProof(file)).toThrow(expect.objectContaining({ code: 'INVALID_PROOF' }))
    }
  }
})

test('refuses infinity, projective coordinates and points outside the subgroup', () => {
  const points: [string, unknown][] = [
    ['pi_a', ['0', '1', '0']],
    ['pi_a', ['0', '0', '1']],
    ['pi_a', ['1', '2', '2']],
    ['pi_a', ['1', '2']],
    ['pi_a', ['1', '2', '1', '1']],
    ['pi_c', ['0', '0', '0']],
    [
      'pi_b',
      [
        ['0', '0'],
        ['1', '0'],
        ['0', '0'],
      ],
    ],
    [
      'pi_b',
      [
        ['0', '0'],
        ['0', '0'],
        ['1', '0'],
      ],
    ],
    ['pi_b', [['0'], ['1'], ['1']]],
    ['pi_b', ['12', '34', '10']],
    ['pi_b', outsideSubgroup()],
  ]
  for (const [name, point] of points) {
    const file = JSON.parse(honest)
    file.proof[name] = point
    expect(() => parseProof(file), JSON.stringify(point)).toThrow(
      expect.objectContaining({ code: 'INVALID_PROOF' }),
    )
  }
})

test('any JSON in any place is refused by code or read', () => {
  const random = new RandomSource(16)
  const junk = [
    null,
    true,
    0,
    -1,
    1e300,
    '',
    '0',
    '-1',
    [],
    {},
    [[]],
    [['0', '0']],
    { length: 3 },
    '__proto__',
  ]
  for (let round = 0; round < 2000; round++) {
    const file = JSON.parse(honest)
    let node: Loose = file
    for (;;) {
      const key = random.pick(Object.keys(node))
      if (typeof node[key] === 'object' && random.below(3) > 0) node = node[key]
      else {
        node[key] = random.pick(junk)
        break
      }
    }
    try {
      parseProof(file)
    } catch (error) {
      expect(error).toMatchObject({ name: 'ZkserveError', code: 'INVALID_PROOF' })
    }
  }
})
