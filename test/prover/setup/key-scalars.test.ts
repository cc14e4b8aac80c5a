import { expect, test } from 'vitest'
import { scalarModulus } from '#prover/curve/bn254.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { keyScalars } from '#prover/setup/key-scalars.js'
import { drawSecrets } from '#prover/setup/secrets.js'
import { fixedSecrets } from '../../support/fixed-secrets.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import { referenceScalars } from '../../support/reference-setup.js'

test('the scalars of random circuits equal those of the slow twin', () => {
  const random = new RandomSource(7)
  for (let round = 0; round < 40; round++) {
    const { circuit } = randomCircuit(random)
    // Above 2^254 the draw would drop bits, and above r it would be drawn again.
    const secret = (): bigint => 2n + random.bigintBelow(scalarModulus - 2n)
    const secrets = { tau: secret(), alpha: secret(), beta: secret(), delta: secret() }
    const r1cs = readR1cs(writeR1cs(circuit))
    const engine = new CurveEngine()
    const size = domainSizeOf(r1cs)
    const scalars = keyScalars(engine, r1cs, size, drawSecrets(engine, fixedSecrets(secrets), size))
    expect(scalars).toEqual(referenceScalars(circuit, secrets))
  }
})
