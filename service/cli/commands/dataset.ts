import { Argument, type Command } from 'commander'
import type { Address, Hex } from 'viem'
import {
  type ChainFlags,
  contractOption,
  keyVariable,
  readId,
  withChain,
} from '#service/cli/chain-options.js'
import { contractAt, openChain, openToWrite } from '#service/cli/open-chain.js'
import { percentText, sentOutcome } from '#service/cli/sent-outcome.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly datasets?: Address
}

interface PublishFlags extends Flags {
  readonly licence: string
  readonly uri?: string
}

/** `zkserve dataset`: datasets in a DatasetRegistry. */
export function datasetVerb(program: Command, context: VerbContext): void {
  const dataset = program
    .command('dataset')
    .description("publish datasets' hashes on chain; docs: verifier-contracts/docs/access.md")
  for (const addVerb of [publishVerb, showVerb]) addVerb(dataset, context)
}

const withDatasets = (command: Command): Command =>
  withChain(command).addOption(
    contractOption('datasets', 'the DatasetRegistry; by default the one that `contracts show` names'),
  )

function publishVerb(dataset: Command, { report }: VerbContext): void {
  const command = addCommand(
    dataset,
    'publish <path>',
    `record the hash of a file or folder as a dataset that the account of ${keyVariable} holds; the data stay here`,
  )
  withDatasets(command)
    .requiredOption('--licence <file>', 'its licence, whose hash is recorded too')
    .option('--uri <uri>', 'where more is told about it', '')
    .action(async (path: string, flags: PublishFlags) => {
      const { publishDataset } = await import('#service/chain/access-grants.js')
      const { hashContent } = await import('#service/provenance/hash-content.js')
      const chain = await openToWrite(flags)
      const registry = await contractAt(chain, 'DatasetRegistry', flags.datasets)
      const [contentHash, licenceHash] = [await hashContent(path), await hashContent(flags.licence)]
      const { uri = '' } = flags
      const { datasetId, transaction } = await publishDataset(chain, {
        registry,
        contentHash,
        licenceHash,
        uri,
      })
      const holder = chain.account.address
      report(
        sentOutcome(transaction, { datasetId, contentHash, licenceHash, uri, registry, holder }, [
          ['dataset', String(datasetId)],
          ['content', contentHash],
          ['licence', licenceHash],
          ['registry', registry],
          ['holder', holder],
        ]),
      )
    })
}

function showVerb(dataset: Command, { report }: VerbContext): void {
  const command = addCommand(
    dataset,
    'show',
    'print the newest version of a dataset; with --path, exit code 1 where the files are others',
  ).addArgument(new Argument('<dataset>', 'its number').argParser(readId))
  withDatasets(command)
    .option('--path <path>', 'file or folder to compare with what is recorded')
    .action(async (tokenId: bigint, flags: Flags & { readonly path?: string }) => {
      const { modelHolder } = await import('#service/chain/model-holder.js')
      const { readDataset } = await import('#service/chain/read-dataset.js')
      const { readRoyalty } = await import('#service/chain/token-royalty.js')
      const chain = await openChain(flags)
      const registry = await contractAt(chain, 'DatasetRegistry', flags.datasets)
      // First, since it is what tells best that there is none.
      const read = await readDataset(chain, { registry, datasetId: tokenId })
      const [holder, royalty] = await Promise.all([
        modelHolder(chain, { registry, modelId: tokenId }),
        readRoyalty(chain, { registry, tokenId }),
      ])
      const { version, contentHash, licenceHash, uri } = read
      const matches = flags.path === undefined ? null : await isContent(flags.path, contentHash)
      report({
        document: { chainId: chain.chainId, registry, datasetId: tokenId, ...read, holder, royalty, matches },
        text: formatFacts([
          ['dataset', `${tokenId}, version ${version}`],
          ['holder', holder],
          ['content', contentHash],
          ['licence', licenceHash],
          ['uri', uri],
          [
            'royalty',
            royalty.receiver === null ? 'none' : `${percentText(royalty.bps)} to ${royalty.receiver}`,
          ],
          ['registry', `${registry} on chain ${chain.chainId}`],
          ...(matches === null ? [] : [['files', matches ? 'these' : 'OTHERS'] as const]),
        ]),
        exitCode: matches === false ? 1 : 0,
      })
    })
}

async function isContent(path: string, contentHash: Hex): Promise<boolean> {
  const { hashContent } = await import('#service/provenance/hash-content.js')
  return (await hashContent(path)) === contentHash
}
