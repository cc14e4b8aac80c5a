import { type Address, zeroAddress } from 'viem'
import { toZkserveError } from '#circuits/errors.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import type { AgentContracts } from '#service/agents/deploy-agents.js'
import { type AgentIdentity, readAgent } from '#service/agents/identities.js'
import {
  type FetchOptions,
  fetchRegistration,
  invalid,
  mayFetch,
  offerOf,
  registryName,
} from '#service/agents/read-registration.js'
import {
  type Offer,
  type OfferedModel,
  type RegistrationFile,
  registrationPath,
} from '#service/agents/registration-file.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { readModel } from '#service/chain/read-model.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { ZkserveClient } from '#service/client/client.js'
import type { TrustedModel } from '#service/client/trusted-model.js'

/** Bytes of a manifest or a key that are read at most. */
const largest = 16_777_216

/** Which model of which agent is looked for. */
export interface Wanted extends FetchOptions {
  readonly agentId: bigint
  /** By the name in the agent's offer. */
  readonly model: string
}

/** A model that an agent offers, found on chain under the key that its service shows. */
export interface FoundModel {
  readonly agent: AgentIdentity
  readonly file: RegistrationFile
  readonly offer: Offer
  readonly model: OfferedModel
  /** What checks its answers. */
  readonly trusted: TrustedModel
}

/**
 * Finds a model by its agent: identity registry, registration file, the endpoint's own word that it is this agent's,
 * registry of models, verifying key. What the agent says is believed nowhere that the chain can be asked.
 *
 * @throws ZkserveError `INVALID_AGENT` where any two of them differ; `CHAIN_UNREACHABLE`
 */
export async function discoverModel(
  chain: ChainReader,
  { identities, verifier }: Pick<AgentContracts, 'identities' | 'verifier'>,
  { agentId, model: name, ...options }: Wanted,
): Promise<FoundModel> {
  const agent = await readAgent(chain, { identities, agentId }).catch((error: unknown) => {
    const { code, details } = toZkserveError(error)
    throw details.reason === 'ERC721NonexistentToken' ? invalid('there is none', { code }) : error
  })
  if (agent.wallet === zeroAddress) throw invalid('it does not say where it is paid')
  const file = await fetchRegistration(agent.uri, options)
  const registry = registryName(chain.chainId, identities)
  requireRegistration(file, registry, agentId)
  if (!file.active) throw invalid('it is not active')
  const offer = offerOf(file)
  if (offer === null) throw invalid('it offers no models')
  await requireEndpoint(offer.endpoint, { uri: agent.uri, registry, agentId }, options)
  if (offer.verifier.chainId !== String(chain.chainId) || !isSame(offer.verifier.address, verifier)) {
    throw invalid('its proofs are for another verifier')
  }
  const model = offer.models.find((offered) => offered.name === name)
  if (model === undefined) throw invalid(`it does not offer "${name}"`)
  await requireRegistered(chain, verifier, model)
  const trusted = await new ZkserveClient({ url: offer.endpoint, largest }).models
    .trusted(model.vkHash, model.vkHash.toLowerCase())
    .catch((error: unknown) => {
      throw invalid('its service does not show the registered key', {}, error)
    })
  return { agent, file, offer, model, trusted }
}

function requireRegistration(file: RegistrationFile, registry: string, agentId: bigint): void {
  const here = file.registrations.some(
    ({ agentRegistry, agentId: id }) => agentRegistry.toLowerCase() === registry && BigInt(id) === agentId,
  )
  if (!here) throw invalid('its file does not name this agent')
}

/** An endpoint on another host than the file's must say itself that it is this agent's. */
async function requireEndpoint(
  endpoint: string,
  { uri, registry, agentId }: { uri: string; registry: string; agentId: bigint },
  options: FetchOptions,
): Promise<void> {
  if (!mayFetch(endpoint, options)) throw invalid('its endpoint is not https')
  const { origin } = new URL(endpoint)
  if (origin === new URL(uri).origin) return
  requireRegistration(await fetchRegistration(`${origin}${registrationPath}`, options), registry, agentId)
}

/** The version is in use, under the key that is offered. */
async function requireRegistered(
  chain: ChainReader,
  verifier: Address,
  { modelId, version, vkHash }: OfferedModel,
): Promise<void> {
  const registry = await registryOf(chain, verifier)
  const registered = await readModel(chain, { registry, modelId: BigInt(modelId), version }).catch(
    (error: unknown) => {
      if (toZkserveError(error).code === 'CHAIN_UNREACHABLE') throw error
      throw invalid('its model is not registered', {}, error)
    },
  )
  if (registered.status !== 'active') throw invalid(`its version is ${registered.status}`)
  if (!isSame(registered.vkHash, vkHash)) throw invalid('its model is registered under another key')
}

async function registryOf(chain: ChainReader, verifier: Address): Promise<Address> {
  try {
    return await chain.client.readContract({
      address: verifier,
      abi: inferenceVerifierAbi,
      functionName: 'registry',
    })
  } catch (error) {
    throw toChainError(error)
  }
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}
