import { basename } from 'node:path'
import { Argument, type Command, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { readHash, readHashes, readVersion, type VersionFlag } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type PlaceFlags, withPlace } from '#service/cli/provenance-options.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import { type RecordKind, recordKinds } from '#service/provenance/record-kinds.js'

interface Flags extends PlaceFlags {
  readonly dataset?: string
  readonly hash?: Hex
  readonly parent?: VersionFlag
  readonly link?: readonly Hex[]
  readonly uri?: string
  readonly deploy?: true
}

/** `zkserve provenance record`: vouches for one thing about a version or a dataset. */
export function provenanceRecordVerb(provenance: Command, { report }: VerbContext): void {
  const command = addCommand(
    provenance,
    'record',
    'sign a record about a version or a dataset with the key in ZKSERVE_PRIVATE_KEY, and submit it',
  )
    .addArgument(new Argument('<kind>', 'what is recorded').choices([...recordKinds]))
    .addArgument(new Argument('[path]', 'file or folder whose hash is recorded'))
  withPlace(command)
    .option('--dataset <hash or path>', 'the record is about this dataset, not about a version')
    .addOption(new Option('--hash <hash>', 'record this hash instead of one of a path').argParser(readHash))
    .addOption(
      new Option('--parent <id:version>', 'of kind parent: the version it was made from').argParser(
        readVersion,
      ),
    )
    .addOption(
      new Option('--link <id>', 'record that this one rests on; may be repeated').argParser(readHashes),
    )
    .option('--uri <uri>', "where the content may be had; the path's last part by default")
    .option('--deploy', 'deploy the contract first')
  command.action(async (kind: RecordKind, path: string | undefined, flags: Flags) => {
    const { contract, deploy, link = [], uri } = flags
    if ((contract === undefined) !== (deploy === true))
      throw new ZkserveError('USAGE', 'either --contract or --deploy is needed')
    const chain = await openToWrite(flags)
    const { readDocument } = await import('#service/provenance/read-document.js')
    const { deployProvenance, signRecord, submitRecord } = await import(
      '#service/provenance/submit-record.js'
    )
    const subject = await subjectOf(chain, flags)
    const contentHash = await contentOf(chain.chainId, kind, path, flags)
    if (path !== undefined) await readDocument(kind, path)
    const address = contract ?? (await deployProvenance(chain)).address
    const statement = { kind, subject, contentHash, links: link, uri: uri ?? basename(path ?? '') }
    const signed = await signRecord(chain, address, statement)
    const { id, transaction } = await submitRecord(chain, address, signed)
    const { record } = signed
    const facts = [
      ['record', id],
      ['kind', kind],
      ['about', subject],
      ['content', contentHash],
      ['issuer', record.issuer],
      ['contract', address],
    ] as const
    report(sentOutcome(transaction, { id, contract: address, ...record }, facts))
  })
}

/** What the record is about; a version must be registered. */
async function subjectOf(
  chain: import('#service/chain/connect-chain.js').ChainReader,
  { registry, model, dataset }: Flags,
): Promise<Hex> {
  const ofVersion = registry !== undefined && model !== undefined
  if (ofVersion === (dataset !== undefined))
    throw new ZkserveError('USAGE', 'a record is about --registry and --model, or about --dataset')
  if (dataset !== undefined) return hashOrPath(dataset)
  const { readModel } = await import('#service/chain/read-model.js')
  const { versionSubject } = await import('#service/provenance/subject.js')
  await readModel(chain, { registry: registry!, ...model! })
  return versionSubject({ chainId: chain.chainId, registry: registry!, ...model! })
}

async function contentOf(
  chainId: number,
  kind: RecordKind,
  path: string | undefined,
  { hash, parent, registry }: Flags,
): Promise<Hex> {
  if ([path, hash, parent].filter((given) => given !== undefined).length !== 1)
    throw new ZkserveError('USAGE', 'one of a path, --hash and --parent is needed')
  if (hash !== undefined) return hash
  if (path !== undefined && kind !== 'parent') return hashOrPath(path)
  if (parent === undefined || kind !== 'parent' || registry === undefined)
    throw new ZkserveError('USAGE', 'kind parent, --parent and --registry go together')
  const { versionSubject } = await import('#service/provenance/subject.js')
  return versionSubject({ chainId, registry: registry satisfies Address, ...parent })
}

async function hashOrPath(text: string): Promise<Hex> {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return readHash(text)
  const { hashContent } = await import('#service/provenance/hash-content.js')
  return hashContent(text)
}
