/** A request for an inference as its requester signs it (EIP-712), and the header in which the signature travels. */

/** The version of a model for which the owner asks a grant, and where grants are kept. */
export interface AccessTerms {
  /** EIP-155 id of the chain. */
  readonly chainId: number
  /** Address of the AccessGrants. */
  readonly grants: `0x${string}`
  /** Address of the registry that holds the model. */
  readonly registry: `0x${string}`
  readonly modelId: bigint
  readonly version: number
}

/** What is signed beside the terms. */
export interface SignedRequest {
  /** keccak256 of the bytes of the request's body, as they are sent. */
  readonly body: `0x${string}`
  /** The account that has the grant. */
  readonly requester: `0x${string}`
  /** Any number; another for each request. */
  readonly nonce: bigint
  /** Last second, since 1970, at which the request may arrive. */
  readonly deadline: number
}

/** The header of a signed request. */
export const accessHeader = 'zkserve-access'

/** Seconds that a deadline lies ahead at most: so long a service remembers a request. */
export const longestRequest = 3600

const types = {
  InferenceRequest: [
    { name: 'registry', type: 'address' },
    { name: 'modelId', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'body', type: 'bytes32' },
    { name: 'requester', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint48' },
  ],
} as const

/** The typed data, as viem and wallets take it. */
export function accessTypedData(terms: AccessTerms, request: SignedRequest) {
  const { chainId, grants, registry, modelId, version } = terms
  return {
    domain: { name: 'zkserve access', version: '1', chainId, verifyingContract: grants },
    types,
    primaryType: 'InferenceRequest',
    message: { registry, modelId, version, ...request },
  } as const
}

export type AccessTypedData = ReturnType<typeof accessTypedData>
