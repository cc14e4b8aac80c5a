import { expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { BatchAdder } from '#prover/setup/batch-add.js'
import { FixedBase } from '#prover/setup/fixed-base.js'
import { type Group, type GroupName, openGroup } from '#prover/setup/group.js'
import { RandomSource } from '../../support/random-source.js'

/** scalar · generator by the module's own double-and-add, affine. */
function multiple(engine: CurveEngine, group: Group, scalar: bigint): Uint8Array {
  const { g1m_timesScalar, g2m_timesScalar } = engine.operations
  const timesScalar = group.name === 'g1' ? g1m_timesScalar : g2m_timesScalar
  const mark = engine.mark()
  const result = engine.reserve(3 * group.coordinateBytes)
  timesScalar(group.generator, engine.place(toLittleEndian(scalar)), 32, result)
  group.toAffine(result, result)
  const bytes = engine.bytes(result, 2 * group.coordinateBytes).slice()
  engine.release(mark)
  return bytes
}

const groups: GroupName[] = ['g1', 'g2']

test.each(groups)('multiples of the generator of %s equal double-and-add', (name) => {
  const engine = new CurveEngine()
  const group = openGroup(engine, name)
  const random = new RandomSource(6)
  const borders = [0n, 1n, 2n, 127n, 128n, 129n, scalarModulus - 1n, scalarModulus - 2n, 1n << 253n]
  const scalars = [...borders, ...Array.from({ length: 20 }, () => random.bigintBelow(scalarModulus))]
  const packed = new Uint8Array(scalars.length * 32)
  for (const [index, scalar] of scalars.entries()) packed.set(toLittleEndian(scalar), index * 32)
  for (const bits of [2, 5, 8, 13]) {
    const size = 2 * group.coordinateBytes
    const points = new Uint8Array(scalars.length * size)
    new FixedBase(engine, group, bits).multiply(packed, points)
    for (const [index, scalar] of scalars.entries()) {
      const point = points.subarray(index * size, (index + 1) * size)
      expect(point, `${scalar} in windows of ${bits}`).toEqual(multiple(engine, group, scalar))
    }
  }
})

test.each(groups)('batches in %s add equal, opposite and other points alike', (name) => {
  const engine = new CurveEngine()
  const group = openGroup(engine, name)
  const adder = new BatchAdder(engine, group, 16)
  const cases = [
    [5n, 7n, false],
    [5n, 5n, false],
    [5n, 5n, true],
    [9n, 4n, true],
    [5n, scalarModulus - 5n, false],
    [5n, scalarModulus - 5n, true],
    [1n, scalarModulus - 2n, false],
  ] as const
  const sums = cases.map(([left, right, subtract]) => {
    const address = engine.place(multiple(engine, group, left))
    adder.push(address, engine.place(multiple(engine, group, right)), subtract)
    return address
  })
  adder.flush()
  for (const [index, [left, right, subtract]] of cases.entries()) {
    const sum = (left + (subtract ? scalarModulus - right : right)) % scalarModulus
    const expected = multiple(engine, group, sum)
    expect(engine.bytes(sums[index]!, expected.length).slice(), `case ${index}`).toEqual(expected)
  }
})
