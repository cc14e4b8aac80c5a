import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { describeChecks } from '#service/cli/describe-provenance.js'
import { openChain } from '#service/cli/open-chain.js'
import { type PlaceFlags, readIssuers, versionOf, withPlace } from '#service/cli/provenance-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends PlaceFlags {
  readonly issuer?: readonly Address[]
  readonly anyone?: true
  readonly bundle?: string
  readonly file?: readonly string[]
  readonly files?: string
}

/** `zkserve provenance verify`: walks a version back to its data, and recomputes all it can. */
export function provenanceVerifyVerb(provenance: Command, { report }: VerbContext): void {
  const command = addCommand(
    provenance,
    'verify',
    'walk a version back to its data, check signatures, links and the registry, and recompute the hashes of what is at hand; exit code 1 where something differs',
  )
  withPlace(command)
    .addOption(
      new Option(
        '--issuer <address>',
        "whose records count, with those that they link to; the model's holder by default; may be repeated",
      ).argParser(readIssuers),
    )
    .option('--anyone', 'records of everybody count')
    .option('--bundle <bundle>', 'bundle or public view of the version: its hashes are recomputed')
    .addOption(
      new Option('--file <path>', 'file or folder that a record must name; may be repeated').argParser(
        (path: string, before: readonly string[] = []) => [...before, path],
      ),
    )
    .option('--files <folder>', 'folder in which records with relative URIs find their files')
  command.action(async (flags: Flags) => {
    const { issuer, anyone, bundle, file = [], files: folder } = flags
    if (issuer !== undefined && anyone === true)
      throw new ZkserveError('USAGE', '--issuer and --anyone exclude each other')
    const version = versionOf(flags)
    const { verifyProvenance } = await import('#service/provenance/verify.js')
    const believed = anyone === true ? ('anyone' as const) : issuer
    const { valid, issuers, graph, checks } = await verifyProvenance(
      await openChain(flags),
      { ...version, ...(believed === undefined ? {} : { issuers: believed }) },
      { bundle, files: file, folder },
    )
    report({
      document: { valid, subject: graph.root, issuers, records: graph.records.size, checks },
      text: describeChecks(valid, issuers, checks),
      exitCode: valid ? 0 : 1,
    })
  })
}
