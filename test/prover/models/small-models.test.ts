import { expect, test } from 'vitest'
import { verifyProof } from '#prover/proof/verify.js'
import { verifyProofFile } from '#prover/verify.js'
import { describeModel, type WholeModel } from '../../support/whole-model.js'

let digits: () => WholeModel

describeModel('digits-cnn', { rows: 25, mostConstraints: 4_000 }, (whole) => {
  digits = whole
})

describeModel('mnist-mlp', { rows: 25, mostConstraints: 9_500 }, (mlp) => {
  test('does not accept the proof of another model with as many public signals, nor the other way round', async () => {
    for (const [one, other] of [
      [mlp(), digits()],
      [digits(), mlp()],
    ] as const) {
      const { model: _, ...anonymous } = one.proof
      expect(await verifyProofFile(other.bundle, one.proof)).toMatchObject({ valid: false, reason: /model/ })
      expect(await verifyProofFile(other.bundle, anonymous)).toMatchObject({ valid: false })
      expect(await verifyProof(other.bundle.verificationKey, one.proof)).toBe(false)
    }
  })
})
