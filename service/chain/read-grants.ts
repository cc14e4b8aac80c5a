import type { Address } from 'viem'
import { accessGrantsAbi } from '#contracts/generated/AccessGrants.js'
import type { AccessOffer, GrantedToken, GrantedVersion } from '#service/chain/access-grants.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

const abi = accessGrantsAbi

/** An offer as it was made last, whether it holds or not. */
export interface ReadOffer extends AccessOffer {
  /** It holds while this account holds the token. */
  readonly seller: Address
}

/** A user's access to one token. */
export interface ReadGrant {
  /** Whether the user may use the token now: it has a grant, or holds the token. */
  readonly hasAccess: boolean
  /** Last second of the grant, since 1970; 0 for none. */
  readonly expires: number
  /** What was paid and is nobody's yet, in wei. */
  readonly escrow: bigint
}

/** What a version needs. */
export interface ReadConditions {
  readonly isUsable: boolean
  readonly conditions: readonly { readonly registry: Address; readonly datasetId: bigint }[]
}

/** @returns null where none was made. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readOffer(
  { client }: ChainReader,
  { grants: address, registry, tokenId }: GrantedToken,
): Promise<ReadOffer | null> {
  const call = { address, abi, functionName: 'offerOf', args: [registry, tokenId] } as const
  const offer = await asked(() => client.readContract(call))
  return offer.period === 0 ? null : offer
}

/** @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readGrant(
  { client }: ChainReader,
  { grants: address, registry, tokenId, user }: GrantedToken & { readonly user: Address },
): Promise<ReadGrant> {
  const call = { address, abi, args: [registry, tokenId, user] } as const
  const [hasAccess, { expires, escrow }] = await asked(() =>
    Promise.all([
      client.readContract({ ...call, functionName: 'hasAccess' }),
      client.readContract({ ...call, functionName: 'grantOf' }),
    ]),
  )
  return { hasAccess, expires, escrow }
}

/** @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readConditions(
  { client }: ChainReader,
  { grants: address, registry, modelId, version }: GrantedVersion & { readonly grants: Address },
): Promise<ReadConditions> {
  const call = { address, abi, args: [registry, modelId, version] } as const
  const [isUsable, conditions] = await asked(() =>
    Promise.all([
      client.readContract({ ...call, functionName: 'isUsable' }),
      client.readContract({ ...call, functionName: 'conditionsOf' }),
    ]),
  )
  return { isUsable, conditions }
}
