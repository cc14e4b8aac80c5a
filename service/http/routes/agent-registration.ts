import { makeRegistration } from '#service/agents/make-registration.js'
import { registrationFileSchema, registrationPath } from '#service/agents/registration-file.js'
import { servedRegistrations } from '#service/agents/served-registrations.js'
import type { Route } from '#service/http/route.js'
import { problemReplies } from '#service/http/schemas/problem.js'

const schema = {
  operationId: 'getAgentRegistration',
  summary: 'The service as an agent: its ERC-8004 registration file',
  description: 'Only where the service has an agent name. It tells the models that the operator registered.',
  tags: ['agents'],
  response: { 200: registrationFileSchema, ...problemReplies },
}

/** GET /.well-known/agent-registration.json */
export const agentRegistrationRoute: Route = async (app, { config, models, registrations }) => {
  if (config.agentName === '') return
  const file = makeRegistration(config, servedRegistrations(models, registrations))
  app.get(registrationPath, { schema }, async () => file)
}
