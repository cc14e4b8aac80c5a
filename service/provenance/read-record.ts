import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenanceAbi } from '#contracts/generated/Provenance.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { recordKinds } from '#service/provenance/record-kinds.js'
import type { SignedRecord } from '#service/provenance/submit-record.js'

/** A record as the chain has it. */
export interface ChainRecord extends SignedRecord {
  readonly id: Hex
  /** Seconds since 1970, by the chain. */
  readonly recordedAt: number
  /** Seconds since 1970; null while the record stands. */
  readonly revokedAt: number | null
}

/** Ids that one call asks for. */
const pageSize = 100n

/** Reads a record. @throws CHAIN_REJECTED (RecordNotFound), CHAIN_UNREACHABLE */
export async function readRecord({ client }: ChainReader, contract: Address, id: Hex): Promise<ChainRecord> {
  try {
    const [statement, signature, state] = await client.readContract({
      address: contract,
      abi: provenanceAbi,
      functionName: 'getRecord',
      args: [id],
    })
    const kind = recordKinds[statement.kind - 1]
    if (kind === undefined) throw new ZkserveError('CHAIN_REJECTED', `the record ${id} has an unknown kind`)
    const { recordedAt, revokedAt } = state
    const record = { ...statement, kind, issuedAt: Number(statement.issuedAt) }
    return { id, record, signature, recordedAt, revokedAt: revokedAt === 0 ? null : revokedAt }
  } catch (error) {
    throw toChainError(error)
  }
}

/**
 * Ids of records about a subject in the order they were made; of one issuer, where it is named, whom others cannot
 * crowd out.
 * @param limit how many at most
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE
 */
export async function listRecords(
  { client }: ChainReader,
  contract: Address,
  { subject, issuer, limit }: { readonly subject: Hex; readonly issuer?: Address; readonly limit: number },
): Promise<readonly Hex[]> {
  const call = { address: contract, abi: provenanceAbi } as const
  const read = (from: bigint, count: bigint) =>
    issuer === undefined
      ? client.readContract({ ...call, functionName: 'page', args: [subject, from, count] })
      : client.readContract({ ...call, functionName: 'pageBy', args: [subject, issuer, from, count] })
  const ids: Hex[] = []
  try {
    while (ids.length < limit) {
      const wanted = BigInt(limit - ids.length)
      const size = wanted < pageSize ? wanted : pageSize
      const found = await read(BigInt(ids.length), size)
      ids.push(...found)
      if (found.length < Number(size)) break
    }
    return ids
  } catch (error) {
    throw toChainError(error)
  }
}
