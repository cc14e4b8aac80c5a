import { encodePublication, type PublishedModel } from '#service/chain/encode-publication.js'
import type { ModelVersion } from '#service/chain/read-model.js'

/** What of a registered version is not as a model would be published: names of its members, none where all is. */
export function differencesFrom(registered: ModelVersion, model: PublishedModel): string[] {
  const { commitment, terms } = encodePublication(model)
  const expected = {
    modelHash: commitment.modelHash,
    circuitHash: commitment.circuitHash,
    vkHash: commitment.vkHash,
    setup: model.setup.kind,
    transcriptHash: terms.transcriptHash,
    inputSignals: terms.inputSignals,
    outputSignals: terms.outputSignals,
  }
  return Object.entries(expected)
    .filter(([name, value]) => registered[name as keyof typeof expected] !== value)
    .map(([name]) => name)
}
