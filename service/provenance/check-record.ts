import { type Hex, isAddressEqual, parseAbi, recoverTypedDataAddress } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import type { Check } from '#service/provenance/check.js'
import type { ChainRecord } from '#service/provenance/read-record.js'
import { type ProvenancePlace, recordDigest, recordId, typedDataOf } from '#service/provenance/record.js'
import type { ProvenanceGraph } from '#service/provenance/walk.js'

const erc1271 = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])
const accepted = '0x1626ba7e'

/** Whether a record is the one that its id names, signed by its issuer, and rests on records that stand. */
export async function checkRecord(
  chain: ChainReader,
  place: ProvenancePlace,
  found: ChainRecord,
  graph: ProvenanceGraph,
): Promise<Check[]> {
  const own = recordId(found.record)
  const same = own === found.id
  const id: Check = {
    of: found.id,
    what: 'id',
    result: same ? 'holds' : 'differs',
    detail: same ? 'its hash' : `what the chain gives hashes to ${own}`,
  }
  return [id, await checkSignature(chain, place, found), ...checkLinks(found, graph)]
}

async function checkSignature(
  chain: ChainReader,
  place: ProvenancePlace,
  { id, record, signature }: ChainRecord,
): Promise<Check> {
  const { issuer } = record
  const check = (result: Check['result'], detail: string): Check => ({
    of: id,
    what: 'signature',
    result,
    detail,
  })
  const signer = await recoverTypedDataAddress({ ...typedDataOf(record, place), signature }).catch(() => null)
  if (signer !== null && isAddressEqual(signer, issuer)) return check('holds', `by ${issuer}`)
  try {
    const code = await chain.client.getCode({ address: issuer })
    if (code === undefined) return check('differs', `not by its issuer ${issuer}`)
  } catch (error) {
    throw toChainError(error)
  }
  const call = { address: issuer, abi: erc1271, functionName: 'isValidSignature' } as const
  const answer: Hex | null = await chain.client
    .readContract({ ...call, args: [recordDigest(record, place), signature] })
    .catch(() => null)
  if (answer === accepted) return check('holds', `by the contract ${issuer}`)
  const detail = `the contract ${issuer} no longer answers for it; it did when the record was made, as Provenance asked it`
  return check('unchecked', detail)
}

function checkLinks({ id, record, recordedAt }: ChainRecord, { records }: ProvenanceGraph): Check[] {
  return record.links.map((link): Check => {
    const target = records.get(link)
    const check = { of: id, what: `link ${link}` } as const
    if (target === undefined) return { ...check, result: 'unchecked', detail: 'the record was not read' }
    if (target.recordedAt > recordedAt)
      return { ...check, result: 'differs', detail: 'leads to a later record' }
    if (target.revokedAt === null)
      return { ...check, result: 'holds', detail: `a ${target.record.kind} record` }
    const when = new Date(target.revokedAt * 1000).toISOString()
    return { ...check, result: 'differs', detail: `its issuer revoked the record it rests on at ${when}` }
  })
}
