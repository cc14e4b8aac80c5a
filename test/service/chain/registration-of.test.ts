import { expect, test } from 'vitest'
import type { Manifest, PublicSignal } from '#prover/bundle/manifest.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { fixtures } from './fixtures.js'

const registry = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const packed: PublicSignal = { kind: 'input', input: 'x', first: 0, lanes: 31, bits: 8 }
const tail: PublicSignal[] = [{ kind: 'output', first: 0, lanes: 7 }, { kind: 'context' }]

function manifestWith(publicSignals: readonly PublicSignal[]): Manifest {
  const hashes = { modelHash: '0x01', circuitHash: '0x02' } as const
  return {
    name: 'digits',
    ...hashes,
    publicSignals,
    setup: { kind: 'development', production: false },
  } as unknown as Manifest
}

test('a hashed input is one signal', () => {
  const manifest = manifestWith([{ kind: 'inputCommitment' }, ...tail])
  expect(registrationOf(manifest, fixtures.verificationKey, registry)).toEqual({
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
  const manifest = manifestWith([packed, packed, packed, ...tail])
  expect(registrationOf(manifest, fixtures.verificationKey, registry).inputSignals).toBe(3)
})
