import type { ServedRegistration } from '#service/agents/make-registration.js'
import type { Registrations } from '#service/models/registrations.js'
import type { ServedModels } from '#service/models/served-models.js'

/** The operator's models that the settings say are registered: those an agent offers to anyone. */
export function servedRegistrations(
  models: ServedModels,
  registrations: Registrations,
): ServedRegistration[] {
  return [...registrations.all].map(([vkHash, registration]) => ({
    ...registration,
    manifest: models.findOwn(vkHash).manifest,
  }))
}
