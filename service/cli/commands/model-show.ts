import { Argument, type Command } from 'commander'
import type { VersionFlag } from '#service/cli/chain-options.js'
import { contractAt, openChain } from '#service/cli/open-chain.js'
import { type RegistryFlags, readModelOrVersion, withRegistry } from '#service/cli/registry-options.js'
import { percentText } from '#service/cli/sent-outcome.js'
import { type Cell, formatFacts, formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends RegistryFlags {
  readonly bundle?: string
}

/** Versions that are listed, the newest. */
const most = 20

/** `zkserve model show`: what the registry holds of a model. */
export function modelShowVerb(model: Command, { report }: VerbContext): void {
  const command = addCommand(
    model,
    'show',
    'print a version as it is registered, by default the newest; with --bundle, exit code 1 where it is another model',
  ).addArgument(new Argument('<model[:version]>', 'such as 1, or 1:2').argParser(readModelOrVersion))
  withRegistry(command)
    .option('--bundle <bundle>', 'bundle or public view to compare with what is registered')
    .action(async (named: ReturnType<typeof readModelOrVersion>, flags: Flags) => {
      const { currentVersion } = await import('#service/chain/current-version.js')
      const { modelHolder } = await import('#service/chain/model-holder.js')
      const { readModel } = await import('#service/chain/read-model.js')
      const { readRoyalty } = await import('#service/chain/token-royalty.js')
      const chain = await openChain(flags)
      const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
      const { modelId } = named
      const place = { registry, modelId }
      const newest = await currentVersion(chain, place)
      const version = named.version ?? newest
      const first = Math.max(1, newest - most + 1)
      const numbers = Array.from({ length: newest - first + 1 }, (_, i) => newest - i)
      const [registered, holder, royalty, versions] = await Promise.all([
        readModel(chain, { ...place, version }),
        modelHolder(chain, place),
        readRoyalty(chain, { registry, tokenId: modelId }),
        Promise.all(
          numbers.map(async (each) => ({ each, ...(await readModel(chain, { ...place, version: each })) })),
        ),
      ])
      const compared =
        flags.bundle === undefined ? null : await compare(flags.bundle, chain, { ...place, version })
      const facts: (readonly [string, Cell])[] = [
        ['model', `${modelId}:${version}${version === newest ? ', the newest' : ''}`],
        ['status', registered.status],
        ['holder', holder],
        ['verifying key', registered.vkHash],
        ['model hash', registered.modelHash],
        ['circuit hash', registered.circuitHash],
        ['set-up, as declared', registered.setup],
        ['signals', `${registered.inputSignals} for the input, ${registered.outputSignals} for outputs`],
        [
          'royalty',
          royalty.receiver === null ? 'none' : `${percentText(royalty.bps)} to ${royalty.receiver}`,
        ],
        ['uri', registered.uri],
        ['registry', `${registry} on chain ${chain.chainId}`],
      ]
      if (compared !== null) facts.push(['bundle', describeComparison(compared)])
      const list = versions.map(({ each, status, setup, vkHash }) => [each, status, setup, vkHash] as const)
      report({
        document: {
          ...{ chainId: chain.chainId, registry, modelId, version, newest, ...registered, holder, royalty },
          versions: versions.map(({ each, status, setup, vkHash }) => ({
            version: each,
            status,
            setup,
            vkHash,
          })),
          ...(compared === null ? {} : { bundle: compared }),
        },
        text: `${formatFacts(facts)}\n\n${formatTable(['version', 'status', 'set-up', 'verifying key'], list)}`,
        exitCode: compared?.matches === false ? 1 : 0,
      })
    })
}

interface Comparison {
  readonly matches: boolean
  /** What of the registration is another than the bundle's. */
  readonly differences: readonly string[]
  /** With committed weights: whether the registry made the key from the bundle's architecture. */
  readonly committedUnder: boolean | null
}

async function compare(
  directory: string,
  chain: import('#service/chain/connect-chain.js').ChainReader,
  { registry, modelId, version }: VersionFlag & { readonly registry: `0x${string}` },
): Promise<Comparison> {
  const { loadVerifiable } = await import('#prover/bundle/public-view.js')
  const { differencesFrom } = await import('#service/chain/differences-from.js')
  const { encodePublication } = await import('#service/chain/encode-publication.js')
  const { isCommittedUnder } = await import('#service/chain/is-committed-under.js')
  const { readModel } = await import('#service/chain/read-model.js')
  const { publishedOf } = await import('#service/chain/registration-of.js')
  const published = publishedOf(await loadVerifiable(directory))
  const registered = await readModel(chain, { registry, modelId, version })
  const { architectureId } = encodePublication(published)
  const { vkHash } = registered
  const committedUnder =
    architectureId === null ? null : await isCommittedUnder(chain, { registry, vkHash, architectureId })
  const differences = differencesFrom(registered, published)
  return { matches: differences.length === 0 && committedUnder !== false, differences, committedUnder }
}

function describeComparison({ matches, differences, committedUnder }: Comparison): string {
  const committed = committedUnder === null ? '' : ', its weights committed under its architecture'
  if (matches) return `this version${committed}`
  if (differences.length > 0) return `ANOTHER: ${differences.join(', ')} differ`
  return 'ANOTHER: the key was not made from its architecture by the registry'
}
