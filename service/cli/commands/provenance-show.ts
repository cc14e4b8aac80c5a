import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { describeProvenance } from '#service/cli/describe-provenance.js'
import { openChain } from '#service/cli/open-chain.js'
import { type PlaceFlags, readIssuers, versionOf, withPlace } from '#service/cli/provenance-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends PlaceFlags {
  readonly issuer?: readonly Address[]
  readonly bundle?: string
  readonly writeMlBom?: string
  readonly writeModelCard?: string
}

/** `zkserve provenance show`: all that is recorded about a version, back to its data. */
export function provenanceShowVerb(provenance: Command, { report }: VerbContext): void {
  const command = addCommand(
    provenance,
    'show',
    'print the records about a version as a tree, back to its data; nothing is checked',
  )
  withPlace(command)
    .addOption(
      new Option('--issuer <address>', 'records of this account alone; may be repeated').argParser(
        readIssuers,
      ),
    )
    .option('--bundle <bundle>', "the version's bundle, for the documents that are written")
    .option('--write-ml-bom <file>', 'write a CycloneDX 1.6 bill of materials')
    .option('--write-model-card <file>', 'write a model card')
  command.action(async (flags: Flags) => {
    const { contract, ...version } = versionOf(flags)
    const { readModel } = await import('#service/chain/read-model.js')
    const { modelHolder } = await import('#service/chain/model-holder.js')
    const { versionSubject } = await import('#service/provenance/subject.js')
    const { walkProvenance } = await import('#service/provenance/walk.js')
    const chain = await openChain(flags)
    const registered = await readModel(chain, version)
    const holder = await modelHolder(chain, version)
    const subject = versionSubject({ chainId: chain.chainId, ...version })
    const issuers = flags.issuer === undefined ? {} : { issuers: flags.issuer }
    const graph = await walkProvenance(chain, { contract, subject, ...issuers })
    await writeDocuments({ version: { chainId: chain.chainId, ...version }, registered, graph }, flags)
    const records = [...graph.records.values()].map(({ record, ...rest }) => ({ ...rest, ...record }))
    const { modelId, ...place } = version
    const document = {
      ...{ chainId: chain.chainId, contract, ...place, modelId: String(modelId) },
      ...{ subject, status: registered.status, holder, cut: graph.cut, records },
    }
    report({ document, text: describeProvenance(graph, { ...version, registered, holder }) })
  })
}

/** Writes what the options ask for. */
async function writeDocuments(
  described: Pick<
    import('#service/provenance/export-documents.js').DescribedVersion,
    'version' | 'registered' | 'graph'
  >,
  { bundle, writeMlBom, writeModelCard }: Flags,
): Promise<void> {
  if (writeMlBom === undefined && writeModelCard === undefined) return
  const { writeFileWhole } = await import('#prover/bundle/files.js')
  const { loadVerifiable } = await import('#prover/bundle/public-view.js')
  const { mlBomOf, modelCardOf } = await import('#service/provenance/export-documents.js')
  const manifest = bundle === undefined ? undefined : (await loadVerifiable(bundle)).manifest
  const name = manifest?.name ?? `model ${described.version.modelId}`
  const whole = { ...described, manifest, name }
  if (writeMlBom !== undefined) await writeFileWhole(writeMlBom, mlBomOf(whole))
  if (writeModelCard !== undefined) await writeFileWhole(writeModelCard, modelCardOf(whole))
}
