import { expect, test } from 'vitest'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { Manifest, PublicSignal } from '#prover/bundle/manifest.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { fixtures } from './fixtures.js'

const registry = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const packed: PublicSignal = { kind: 'input', input: 'x', first: 0, lanes: 31, bits: 8 }
const tail: PublicSignal[] = [{ kind: 'output', first: 0, lanes: 7 }, { kind: 'context' }]

function modelWith(publicSignals: readonly PublicSignal[]): VerifiableModel {
  const hashes = { modelHash: '0x01', circuitHash: '0x02' } as const
  const setup = { kind: 'development', production: false }
  const manifest = { name: 'digits', ...hashes, publicSignals, setup } as unknown as Manifest
  return { dir: '', manifest, verificationKey: fixtures.verificationKey, architectureKey: null }
}

test('a hashed input is one signal', () => {
  expect(registrationOf(modelWith([{ kind: 'inputCommitment' }, ...tail]), registry)).toEqual({
    registry,
    name: 'digits',
    modelHash: '0x01',
    circuitHash: '0x02',
    verificationKey: fixtures.verificationKey,
    inputSignals: 1,
    setup: { kind: 'development' },
  })
})

test('packed inputs are counted', () => {
  expect(registrationOf(modelWith([packed, packed, packed, ...tail]), registry).inputSignals).toBe(3)
})
