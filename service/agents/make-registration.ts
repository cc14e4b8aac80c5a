import type { ModelFacts } from '#prover/bundle/manifest.js'
import {
  type AgentRegistration,
  offerName,
  type RegistrationFile,
  registrationType,
} from '#service/agents/registration-file.js'
import type { Config } from '#service/config/schema.js'
import { mcpPath, mcpVersions } from '#service/mcp/protocol.js'
import type { Registration } from '#service/models/registrations.js'
import { packageVersion } from '#service/package-version.js'

/** A model that is served, and where it is registered. */
export interface ServedRegistration extends Registration {
  readonly manifest: Pick<ModelFacts, 'name' | 'vkHash'>
}

type AgentConfig = Pick<
  Config,
  | 'agentName'
  | 'agentDescription'
  | 'agentImage'
  | 'agentRegistrations'
  | 'agentServices'
  | 'mcp'
  | 'publicUrl'
  | 'paymentTo'
  | 'chainId'
  | 'verifier'
>

const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7L1 8h7" fill="none" stroke="#246"/></svg>'
const defaultImage = `data:image/svg+xml;base64,${Buffer.from(mark).toString('base64')}`

/** The ERC-8004 registration file of a service with these settings and registered models. */
export function makeRegistration(
  config: AgentConfig,
  served: readonly ServedRegistration[],
): RegistrationFile {
  const url = config.publicUrl.replace(/\/+$/, '')
  const models = served.map(({ manifest, modelId, version }) => ({
    name: manifest.name,
    vkHash: manifest.vkHash,
    modelId: String(modelId),
    version,
  }))
  const names = models.map(({ name }) => name).join(', ')
  return {
    type: registrationType,
    name: config.agentName,
    description:
      config.agentDescription || `Proven answers of neural networks: ${names || 'none registered'}.`,
    image: config.agentImage || defaultImage,
    services: [
      { name: 'web', endpoint: `${url}/docs` },
      { name: 'OpenAPI', endpoint: `${url}/docs/json`, version: '3.1.0' },
      { name: 'Open Inference Protocol', endpoint: `${url}/v2`, version: '2' },
      ...(config.mcp ? [{ name: 'MCP', endpoint: `${url}${mcpPath}`, version: mcpVersions[0] }] : []),
      {
        name: offerName,
        endpoint: url,
        version: packageVersion(),
        verifier: { chainId: config.chainId, address: config.verifier },
        models,
      },
      ...config.agentServices.map(serviceOf),
    ],
    x402Support: config.paymentTo !== '',
    active: true,
    registrations: config.agentRegistrations.map(registrationOf),
    supportedTrust: ['zkml'],
  }
}

/** The whole file in a URI, to be kept on chain; as ERC-8004 wants it, in base64. */
export function registrationUri(file: RegistrationFile): string {
  return `data:application/json;base64,${Buffer.from(JSON.stringify(file)).toString('base64')}`
}

/** `eip155:1:0x…/22` */
function registrationOf(setting: string): AgentRegistration {
  const [agentRegistry, agentId] = setting.split('/') as [string, string]
  return { agentId: Number(agentId), agentRegistry }
}

/** `A2A=https://…` */
function serviceOf(setting: string): RegistrationFile['services'][number] {
  const [, name, endpoint] = /^([^=]+)=(.+)$/.exec(setting)!
  return { name: name!, endpoint: endpoint! }
}
