import type { Address } from 'viem'
import type { VerifiableModel } from '#prover/bundle/load.js'
import type { Setup } from '#prover/bundle/manifest.js'
import { transcriptHash } from '#prover/ceremony/transcript.js'
import type { PublishedModel } from '#service/chain/encode-publication.js'
import type { ModelRegistration } from '#service/chain/register-model.js'

/** What a bundle, or a public view of one, says for a registry. */
export function registrationOf(model: VerifiableModel, registry: Address): ModelRegistration {
  return { registry, ...publishedOf(model) }
}

/** What a bundle, or a public view of one, says for any registry. */
export function publishedOf({ manifest, verificationKey, architectureKey }: VerifiableModel): PublishedModel {
  const { name, modelHash, circuitHash, publicSignals, setup, committed } = manifest
  const inputSignals = publicSignals.filter(
    ({ kind }) => kind === 'input' || kind === 'inputCommitment',
  ).length
  const published = {
    name,
    modelHash,
    circuitHash,
    verificationKey,
    inputSignals,
    setup: setupOf(setup),
  }
  if (committed === undefined || architectureKey === null) return published
  const { commitment, spanProof } = committed
  return { ...published, weights: { architectureKey, commitment, spanProof } }
}

function setupOf(setup: Setup): ModelRegistration['setup'] {
  return setup.kind === 'development'
    ? { kind: 'development' }
    : { kind: 'production', transcriptHash: transcriptHash(setup.transcript) }
}
