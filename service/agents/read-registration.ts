import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import {
  type Offer,
  offerName,
  offerSchema,
  type RegistrationFile,
  registrationFileSchema,
} from '#service/agents/registration-file.js'
import { boundedText } from '#service/bounded-text.js'

/** Files of others are read up to here, in bytes. */
const largest = 262_144
/** ms that their host gets. */
const patience = 10_000

export interface FetchOptions {
  /** Takes http too, for services on this machine. */
  readonly allowHttp?: boolean
}

/**
 * Reads the registration file to which an agent's URI leads: a base64 data URI, or an https address, which is not
 * redirected. The URI is its agent's choice: call this where requests to any public or internal address do no harm.
 *
 * @throws ZkserveError `INVALID_AGENT`
 */
export async function fetchRegistration(uri: string, options: FetchOptions = {}): Promise<RegistrationFile> {
  const [, encoded] = /^data:application\/json;base64,([A-Za-z0-9+/]*={0,2})$/.exec(uri) ?? []
  if (encoded !== undefined) return parseRegistration(Buffer.from(encoded, 'base64').toString('utf8'))
  if (!mayFetch(uri, options)) {
    throw invalid('its URI is neither https nor base64 data', { uri: uri.slice(0, 200) })
  }
  return parseRegistration(await fetchText(uri))
}

/** Whether an address of an agent's is asked: those of https are. */
export function mayFetch(address: string, { allowHttp = false }: FetchOptions): boolean {
  const { protocol } = URL.canParse(address) ? new URL(address) : { protocol: '' }
  return protocol === 'https:' || (protocol === 'http:' && allowHttp)
}

/** A registration file, checked against ERC-8004's structure. @throws ZkserveError `INVALID_AGENT` */
export function parseRegistration(text: string): RegistrationFile {
  if (text.length > largest) throw invalid(`it is larger than ${largest} bytes`)
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (cause) {
    throw invalid('it is not JSON', {}, cause)
  }
  const [error] = Errors(registrationFileSchema, file)
  if (error !== undefined) throw invalid(`${error.instancePath || 'it'} ${error.message}`)
  return file as RegistrationFile
}

/** What a service of this kind offers in a file; null where the agent offers nothing such. @throws `INVALID_AGENT` */
export function offerOf(file: RegistrationFile): Offer | null {
  const entry = file.services.find(({ name }) => name === offerName)
  if (entry === undefined) return null
  const [error] = Errors(offerSchema, entry)
  if (error !== undefined) throw invalid(`the entry "${offerName}": ${error.instancePath} ${error.message}`)
  return entry as Offer
}

/** Chain and address of a registry as ERC-8004 writes them, in lower case to be compared. */
export function registryName(chainId: number, registry: string): string {
  return `eip155:${chainId}:${registry}`.toLowerCase()
}

async function fetchText(uri: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(patience)
    const response = await fetch(uri, { redirect: 'error', signal, headers: { accept: 'application/json' } })
    if (!response.ok) throw invalid(`its host answers ${response.status}`)
    return await boundedText(response, largest)
  } catch (error) {
    if (error instanceof ZkserveError) throw error
    if (error instanceof RangeError) throw invalid(error.message)
    throw invalid('it cannot be fetched', {}, error)
  }
}

export function invalid(
  reason: string,
  details: Record<string, unknown> = {},
  cause?: unknown,
): ZkserveError {
  return new ZkserveError('INVALID_AGENT', `wrong registration of an agent: ${reason}`, {
    details,
    ...(cause === undefined ? {} : { cause }),
  })
}
