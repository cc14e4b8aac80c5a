import type { Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import {
  type ChainFlags,
  contractOption,
  readAddress,
  type VersionFlag,
  versionOption,
  withChain,
} from '#service/cli/chain-options.js'

/** Where records are. */
export interface PlaceFlags extends ChainFlags {
  readonly contract?: Address
  readonly registry?: Address
  readonly model?: VersionFlag
}

/** Addresses, each once. */
export function readIssuers(text: string, before: readonly Address[] = []): readonly Address[] {
  const address = readAddress(text)
  return before.some((known) => known.toLowerCase() === address.toLowerCase()) ? before : [...before, address]
}

/** Adds the options that say where records are. */
export function withPlace(command: Command): Command {
  return withChain(command)
    .addOption(contractOption('contract', 'the Provenance contract'))
    .addOption(contractOption('registry', 'the ModelRegistry'))
    .addOption(versionOption('a version of a model there'))
}

/** The version that the options name. @throws ZkserveError `USAGE` */
export function versionOf({ contract, registry, model }: PlaceFlags): VersionFlag & {
  readonly contract: Address
  readonly registry: Address
} {
  if (contract === undefined || registry === undefined || model === undefined)
    throw new ZkserveError('USAGE', '--contract, --registry and --model are needed')
  return { contract, registry, ...model }
}
