import type { Address } from 'viem'
import type { Manifest } from '#prover/bundle/manifest.js'
import type { VerificationKey } from '#prover/groth16.js'
import type { ModelRegistration } from '#service/chain/register-model.js'

/** What a bundle's manifest says for the registry. */
export function registrationOf(
  manifest: Manifest,
  verificationKey: VerificationKey,
  registry: Address,
): ModelRegistration {
  const { name, modelHash, circuitHash, publicSignals, setup } = manifest
  const inputSignals = publicSignals.filter(
    ({ kind }) => kind === 'input' || kind === 'inputCommitment',
  ).length
  return {
    registry,
    name,
    modelHash,
    circuitHash,
    verificationKey,
    inputSignals,
    setup: { kind: setup.kind },
  }
}
