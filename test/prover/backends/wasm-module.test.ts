import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { createMemory, outOfMemory, WasmFault, WasmInstance } from '#prover/backends/wasm-module.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { fixedSecrets } from '../../support/fixed-secrets.js'
import { bytesOf, numbersOf } from '../../support/native-builds.js'
import { proofCoordinates, proofExponents } from '../../support/proof-exponents.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'
import { shapedCircuit, shapeNames } from '../../support/shaped-circuit.js'

const count = isRelease ? 1000 : 22
const module = new WebAssembly.Module(
  readFileSync(join(packageRoot, 'prover', 'native', 'wasm', 'prover.wasm')),
)

function instance(): WasmInstance {
  const made = new WasmInstance(module, createMemory())
  made.initialise()
  return made
}

test(`${count} random circuits: the proofs that the set-up's secrets foretell`, {
  timeout: 600_000,
}, async () => {
  const random = new RandomSource(77)
  for (let round = 0; round < count; round++) {
    const shape = shapeNames[round % shapeNames.length]!
    const { circuit, witness } = shapedCircuit(random, shape)
    const secret = () => 2n + random.bigintBelow(scalarModulus - 2n)
    const secrets = { tau: secret(), alpha: secret(), beta: secret(), delta: secret() }
    const keys = await developmentSetup(readR1cs(writeR1cs(circuit)), { random: fixedSecrets(secrets) })
    const blinding = [blindingOf(random), blindingOf(random)] as const
    const prover = instance()
    // With the points that spare transforms, dishonest witnesses give other proofs that do not verify either.
    const isFolded = round % 2 === 1
    const key = isFolded ? { zkey: keys.zkey, quotient: keys.quotient } : { zkey: keys.zkey }
    expect(prover.load(key)).toEqual({ signals: witness.length, publics: expect.any(Number) })
    const changed = witness.map((value, wire) =>
      wire > 0 && random.below(4) === 0 ? blindingOf(random) : value,
    )
    for (const values of isFolded ? [witness] : [witness, changed]) {
      const expected = proofCoordinates(proofExponents(circuit, secrets, values, blinding))
      const { proof } = prover.prove(bytesOf(values), bytesOf(blinding), 1)
      expect(numbersOf(proof), `round ${round}, ${shape}`).toEqual(expected)
    }
  }
})

test('memory that does not suffice is an error with a message', () => {
  const memory = new WebAssembly.Memory({ initial: 128, maximum: 160, shared: true })
  const prover = new WasmInstance(module, memory)
  prover.initialise()
  expect(() => prover.load({ zkey: new Uint8Array(16 << 20) })).toThrow(new WasmFault(outOfMemory))
})

test('what it refuses is an error with a message', () => {
  expect(() => instance().load({ zkey: new Uint8Array(5) })).toThrow(new WasmFault('the file is no zkey'))
  expect(() => instance().load({ zkey: new Uint8Array(0) })).toThrow(WasmFault)
})

function blindingOf(random: RandomSource): bigint {
  const borders = [0n, 1n, scalarModulus - 1n, (1n << 64n) - 1n, (1n << 247n) - 1n, scalarModulus >> 1n]
  return random.pick([...borders, ...borders.map(() => random.bigintBelow(scalarModulus))])
}
