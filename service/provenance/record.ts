import { type Address, type Hex, hashStruct, hashTypedData } from 'viem'
import { type RecordKind, recordKinds } from '#service/provenance/record-kinds.js'

/** One statement about a subject, by who vouches for it. */
export interface ProvenanceRecord {
  readonly kind: RecordKind
  /** What it is about: `versionSubject`, or the content hash of a dataset. */
  readonly subject: Hex
  /** SHA-256 of a file, the canonical hash of a folder, or of a `parent` its subject. */
  readonly contentHash: Hex
  /** Ids of the records that it rests on, ascending. */
  readonly links: readonly Hex[]
  /** Where the content may be had; nobody checks that it can. */
  readonly uri: string
  readonly issuer: Address
  /** Seconds since 1970, as the issuer says. */
  readonly issuedAt: number
}

/** Where a record is signed for: a signature is worth nothing on another chain or for another contract. */
export interface ProvenancePlace {
  readonly chainId: number
  readonly contract: Address
}

/** EIP-712 types of a record. */
export const recordTypes = {
  ProvenanceRecord: [
    { name: 'kind', type: 'uint8' },
    { name: 'subject', type: 'bytes32' },
    { name: 'contentHash', type: 'bytes32' },
    { name: 'links', type: 'bytes32[]' },
    { name: 'uri', type: 'string' },
    { name: 'issuer', type: 'address' },
    { name: 'issuedAt', type: 'uint64' },
  ],
} as const

/** A record as the contract's struct. */
export function statementOf({ kind, issuedAt, ...rest }: ProvenanceRecord) {
  return { ...rest, kind: recordKinds.indexOf(kind) + 1, issuedAt: BigInt(issuedAt) }
}

/** The record's id: its EIP-712 struct hash, the same on every chain. */
export function recordId(record: ProvenanceRecord): Hex {
  const data = { ...statementOf(record) }
  return hashStruct({ data, primaryType: 'ProvenanceRecord', types: recordTypes })
}

/** What the issuer signs, as EIP-712 typed data. */
export function typedDataOf(record: ProvenanceRecord, { chainId, contract }: ProvenancePlace) {
  return {
    domain: { name: 'zkserve provenance', version: '1', chainId, verifyingContract: contract },
    types: recordTypes,
    primaryType: 'ProvenanceRecord',
    message: statementOf(record),
  } as const
}

/** The EIP-712 digest that the issuer signs; the contract's `digestOf`. */
export function recordDigest(record: ProvenanceRecord, place: ProvenancePlace): Hex {
  return hashTypedData(typedDataOf(record, place))
}
