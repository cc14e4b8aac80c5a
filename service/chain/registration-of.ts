import type { Address } from 'viem'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { Setup } from '#prover/bundle/manifest.js'
import { transcriptHash } from '#prover/ceremony/transcript.js'
import type { ModelRegistration } from '#service/chain/register-model.js'

/** What a bundle, or a public view of one, says for the registry. */
export function registrationOf(
  { manifest, verificationKey, architectureKey }: VerifiableModel,
  registry: Address,
): ModelRegistration {
  const { name, modelHash, circuitHash, publicSignals, setup, committed } = manifest
  const inputSignals = publicSignals.filter(
    ({ kind }) => kind === 'input' || kind === 'inputCommitment',
  ).length
  const registration = {
    registry,
    name,
    modelHash,
    circuitHash,
    verificationKey,
    inputSignals,
    setup: setupOf(setup),
  }
  if (committed === undefined || architectureKey === null) return registration
  const { commitment, spanProof } = committed
  return { ...registration, weights: { architectureKey, commitment, spanProof } }
}

function setupOf(setup: Setup): ModelRegistration['setup'] {
  return setup.kind === 'development'
    ? { kind: 'development' }
    : { kind: 'production', transcriptHash: transcriptHash(setup.transcript) }
}
