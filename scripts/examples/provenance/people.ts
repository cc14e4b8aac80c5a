import { basename } from 'node:path'
import type { Address, Hex } from 'viem'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import type { Anvil } from '#service/chain/start-anvil.js'
import { hashContent } from '#service/provenance/hash-content.js'
import type { RecordKind } from '#service/provenance/record-kinds.js'
import { signRecord, submitRecord } from '#service/provenance/submit-record.js'

/** Who takes part. The relayer vouches for nothing, and pays for all. */
export interface People {
  readonly trainer: ChainWriter
  readonly dataOwner: ChainWriter
  readonly evaluator: ChainWriter
  readonly relayer: ChainWriter
}

export async function meetPeople({ rpcUrl, privateKeys }: Anvil): Promise<People> {
  const [trainer, dataOwner, evaluator, relayer] = await Promise.all(
    privateKeys.slice(0, 4).map((privateKey) => connectChain({ rpcUrl, privateKey })),
  )
  return { trainer: trainer!, dataOwner: dataOwner!, evaluator: evaluator!, relayer: relayer! }
}

/** What is recorded of a file or folder. */
export interface Vouching {
  readonly kind: RecordKind
  readonly subject: Hex
  readonly path: string
  readonly links?: readonly Hex[]
}

/** Records that somebody signed and the relayer submitted. */
export class Records {
  readonly gas: Record<string, bigint> = {}

  constructor(
    readonly contract: Address,
    private readonly relayer: ChainWriter,
  ) {}

  async add(issuer: ChainWriter, { kind, subject, path, links = [] }: Vouching): Promise<Hex> {
    const statement = { kind, subject, contentHash: await hashContent(path), links, uri: basename(path) }
    const signed = await signRecord(issuer, this.contract, statement)
    const { id, transaction } = await submitRecord(this.relayer, this.contract, signed)
    this.gas[`record: ${kind}`] = transaction.gasUsed
    return id
  }
}
