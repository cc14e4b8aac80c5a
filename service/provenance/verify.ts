import type { Address } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { modelHolder } from '#service/chain/model-holder.js'
import { readModel } from '#service/chain/read-model.js'
import type { Check } from '#service/provenance/check.js'
import { checkContents, type LocalContent } from '#service/provenance/check-content.js'
import { checkRecord } from '#service/provenance/check-record.js'
import { checkVersion } from '#service/provenance/check-version.js'
import { versionSubject } from '#service/provenance/subject.js'
import { type ProvenanceGraph, walkProvenance } from '#service/provenance/walk.js'

/** A version and those who are believed about it. */
export interface ProvenanceQuery {
  readonly contract: Address
  readonly registry: Address
  readonly modelId: bigint
  readonly version: number
  /** Whose records count; by default those of the model's holder. Records that these link to count too. */
  readonly issuers?: readonly Address[] | 'anyone'
}

export interface ProvenanceVerification {
  /** Whether nothing differs; what is unchecked does not count. */
  readonly valid: boolean
  /** Whose records counted. */
  readonly issuers: readonly Address[] | 'anyone'
  readonly graph: ProvenanceGraph
  readonly checks: readonly Check[]
}

/**
 * Walks a version back to its data and checks all that can be: the chain's records against their ids, signatures and
 * links, the bundle against the registry, files against the records' hashes.
 *
 * What it cannot see: records that the RPC endpoint withholds, and whether what issuers say is true.
 *
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE, BUNDLE_NOT_FOUND, FILE_NOT_FOUND
 */
export async function verifyProvenance(
  chain: ChainReader,
  { contract, registry, modelId, version, issuers: given }: ProvenanceQuery,
  content: LocalContent & { readonly bundle?: string | undefined },
): Promise<ProvenanceVerification> {
  const registered = await readModel(chain, { registry, modelId, version })
  const place = { chainId: chain.chainId, contract }
  const subject = versionSubject({ chainId: chain.chainId, registry, modelId, version })
  // Anyone can record that a file of this name has another hash; by default only the holder is believed.
  const issuers = given ?? [await modelHolder(chain, { registry, modelId })]
  const graph = await walkProvenance(chain, { contract, subject, ...(issuers !== 'anyone' && { issuers }) })
  const checks = await checkVersion(registered, content.bundle)
  checks.push(...checkReach(graph))
  for (const found of graph.records.values()) {
    if (found.revokedAt === null) checks.push(...(await checkRecord(chain, place, found, graph)))
    else checks.push(revokedCheck(found.id, found.revokedAt))
  }
  checks.push(...(await checkContents(graph, registered, content)))
  return { valid: checks.every(({ result }) => result !== 'differs'), issuers, graph, checks }
}

/** A version of which nobody says anything has no provenance; more records than were read are not checked. */
function checkReach({ root, subjects, records, cut }: ProvenanceGraph): Check[] {
  const checks: Check[] = []
  const standing = (subjects.get(root) ?? []).some((id) => records.get(id)?.revokedAt === null)
  if (!standing) {
    const detail = 'no standing record is about this version, of the issuers that count'
    checks.push({ of: 'version', what: 'records', result: 'differs', detail })
  }
  if (cut) {
    const detail = `there are more than the ${records.size} records that were read; name the issuers that count`
    checks.push({ of: 'version', what: 'records', result: 'unchecked', detail })
  }
  return checks
}

function revokedCheck(id: string, revokedAt: number): Check {
  const detail = `its issuer revoked it at ${new Date(revokedAt * 1000).toISOString()}: it counts for nothing`
  return { of: id, what: 'standing', result: 'unchecked', detail }
}
