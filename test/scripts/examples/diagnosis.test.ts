import { expect, test } from 'vitest'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { ensureDiagnosisBundle, readDiagnosisModel } from '#scripts/examples/diagnosis/model.js'
import { findRecord } from '#scripts/examples/diagnosis/public-bytes.js'
import { commitRecord, findPatient } from '#scripts/examples/diagnosis/record.js'
import { runDiagnosis } from '#scripts/examples/diagnosis/run.js'

const timeout = 120_000

test('a finding is noted by a real proof, and the record stays off the chain', { timeout }, async () => {
  const { statuses, refusals, leaked } = await runDiagnosis(() => undefined)
  expect(statuses).toEqual(['above', 'withdrawn'])
  expect(leaked).toBe(0)
  expect(refusals).toEqual([
    'NotClinic',
    'ConsentNotSigned',
    'RecordNotAttested',
    'WrongRecord',
    'InvalidProof',
    'ConsentNotReady',
    'ConsentNotReady',
  ])
})

test('the search for a record finds what is there', { timeout }, async () => {
  const source = await readDiagnosisModel()
  const bundle = await ensureDiagnosisBundle(source)
  const features = findPatient(bundle, source, true)
  const record = await commitRecord(bundle, features)
  const inputs = new Map([[bundle.model.inputs[0]!.name, features]])
  const [lanes] = inputLanes(bundle.model, quantiseInputs(bundle.model, inputs).integers)
  const bytes = Uint8Array.from([7, 7, 7, ...lanes!.slice(3, 9).reverse(), 7])
  expect(findRecord(bundle, record, bytes)).toBe(2)
  expect(findRecord(bundle, record, Uint8Array.from([7, 7, 7]))).toBe(0)
})
