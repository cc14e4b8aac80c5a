import { wtns } from 'snarkjs'
import { expect, test } from 'vitest'
import { checkWitness } from '#prover/r1cs/check.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { packWitness, readWitness } from '#prover/r1cs/witness.js'
import { compileCircom } from '../../support/compile-circom.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { evaluate, randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

test('accepts satisfied circuits, as numbers and as bytes', () => {
  const random = new RandomSource(2)
  for (let round = 0; round < 50; round++) {
    const { circuit, witness } = randomCircuit(random)
    const r1cs = readR1cs(writeR1cs(circuit))
    expect(checkWitness(r1cs, witness)).toBeUndefined()
    expect(checkWitness(r1cs, packWitness(witness))).toBeUndefined()
  }
})

test('names the first broken constraint, whichever wire is changed', () => {
  const random = new RandomSource(3)
  for (let round = 0; round < 50; round++) {
    const { circuit, witness } = randomCircuit(random)
    const r1cs = readR1cs(writeR1cs(circuit))
    const wire = 1 + random.below(witness.length - 1)
    const changed = witness.map((value, index) => (index === wire ? value + 1n : value))
    const broken = circuit.constraints.findIndex(
      ([a, b, c]) =>
        evaluate([[0, evaluate(a, changed) * evaluate(b, changed) - evaluate(c, changed)]], changed) !== 0n,
    )
    expect(checkWitness(r1cs, changed)?.constraint ?? -1).toBe(broken)
  }
})

test('agrees with snarkjs on a circom witness', async () => {
  const circuit = compileCircom(`pragma circom 2.1.6;
    template Main() { signal input a; signal output c; signal s; s <== a * a; c <== s * (s - 3); }
    component main = Main();`)
  const witness = await circuit.witness({ a: 9 })
  expect(await wtns.check(circuit.r1cs, witness)).toBe(true)
  expect(checkWitness(readR1cs(circuit.r1cs), readWitness(witness))).toBeUndefined()
})

test('refuses witnesses of another length, or whose wire 0 is not 1', () => {
  const { circuit, witness } = randomCircuit(new RandomSource(4))
  const r1cs = readR1cs(writeR1cs(circuit))
  const refusal = expect.objectContaining({ code: 'INVALID_CIRCUIT' })
  expect(() => checkWitness(r1cs, witness.slice(1))).toThrow(refusal)
  expect(() => checkWitness(r1cs, [0n, ...witness.slice(1)])).toThrow(refusal)
})
