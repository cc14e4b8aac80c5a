import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex } from '@noble/hashes/utils'
import {
  type AccessTerms,
  type AccessTypedData,
  accessHeader,
  accessTypedData,
} from '#service/access/inference-request.js'

/** Who asks, and for what: name the model yourself, so that no service has you sign for another. */
export interface Access extends AccessTerms {
  /** Has the grant. An account of viem, or what signs for a contract account in its place. */
  readonly account: {
    readonly address: `0x${string}`
    signTypedData(data: AccessTypedData): Promise<`0x${string}`>
  }
}

/** Seconds for which a signature is good. */
const lifetime = 600

/** The headers of a signed request with this body, once. */
export async function accessHeaders(
  access: Access | undefined,
  body: unknown,
): Promise<Record<string, string>> {
  if (access === undefined) return {}
  return signBody(access, new TextEncoder().encode(JSON.stringify(body)))
}

/**
 * The same for the bytes of a body, as they are sent.
 * @param seconds for which the signature is good, an hour at most
 */
export async function signBody(
  { account, ...terms }: Access,
  bytes: Uint8Array,
  seconds: number = lifetime,
): Promise<Record<string, string>> {
  const request = {
    body: `0x${bytesToHex(keccak_256(bytes))}`,
    requester: account.address,
    nonce: BigInt(`0x${bytesToHex(crypto.getRandomValues(new Uint8Array(16)))}`),
    deadline: Math.floor(Date.now() / 1000) + seconds,
  } as const
  const signature = await account.signTypedData(accessTypedData(terms, request))
  const { requester, nonce, deadline } = request
  const text = JSON.stringify({ requester, nonce: String(nonce), deadline, signature })
  const encoded = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return { [accessHeader]: encoded }
}
