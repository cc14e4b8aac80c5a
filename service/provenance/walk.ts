import type { Address, Hex } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type ChainRecord, listRecords, readRecord } from '#service/provenance/read-record.js'

/** All that was found on the way from a subject back to its data. */
export interface ProvenanceGraph {
  readonly root: Hex
  /** Ids of the records about each subject, in the order they were made. */
  readonly subjects: ReadonlyMap<Hex, readonly Hex[]>
  readonly records: ReadonlyMap<Hex, ChainRecord>
  /** Whether there is more than the limit let through. */
  readonly cut: boolean
}

export interface WalkOptions {
  readonly contract: Address
  readonly subject: Hex
  /** Whose records count; anyone's by default, junk included. */
  readonly issuers?: readonly Address[]
  /** Records read at most. */
  readonly limit?: number
}

/**
 * Walks from a subject to the records about it, to those that they rest on, and to the records about the datasets and
 * parents that they name. Links lead to records of other issuers too: whoever linked vouches for that.
 *
 * @throws CHAIN_REJECTED where there is no Provenance at the address, CHAIN_UNREACHABLE
 */
export async function walkProvenance(
  chain: ChainReader,
  { contract, subject, issuers, limit = 1000 }: WalkOptions,
): Promise<ProvenanceGraph> {
  const subjects = new Map<Hex, readonly Hex[]>()
  const records = new Map<Hex, ChainRecord>()
  const [openSubjects, openRecords]: [Hex[], Hex[]] = [[subject], []]
  let cut = false
  // Anyone can name a subject that names the first one again: each is visited once.
  while (openSubjects.length + openRecords.length > 0) {
    const id = openRecords.shift()
    if (id === undefined) {
      const next = openSubjects.shift()!
      if (subjects.has(next)) continue
      const ids = await recordsAbout(chain, {
        contract,
        subject: next,
        ...(issuers && { issuers }),
        limit: limit + 1,
      })
      subjects.set(next, ids)
      openRecords.push(...ids)
      continue
    }
    if (records.has(id)) continue
    if (records.size >= limit) {
      cut = true
      break
    }
    const found = await readRecord(chain, contract, id)
    records.set(id, found)
    const { kind, links, contentHash } = found.record
    openRecords.push(...links)
    if (kind === 'dataset' || kind === 'parent') openSubjects.push(contentHash)
  }
  return { root: subject, subjects, records, cut }
}

async function recordsAbout(
  chain: ChainReader,
  { contract, subject, issuers, limit }: WalkOptions & { readonly limit: number },
): Promise<readonly Hex[]> {
  if (issuers === undefined) return listRecords(chain, contract, { subject, limit })
  const lists = []
  for (const issuer of issuers) lists.push(await listRecords(chain, contract, { subject, issuer, limit }))
  return lists.flat()
}
