import { type Command, InvalidArgumentError } from 'commander'
import type { Address } from 'viem'
import {
  type ChainFlags,
  contractOption,
  readId,
  readVersion,
  type VersionFlag,
  withChain,
} from '#service/cli/chain-options.js'

/** Which registry. */
export interface RegistryFlags extends ChainFlags {
  readonly registry?: Address
}

/** Adds the options that say which registry of models. */
export function withRegistry(command: Command): Command {
  return withChain(command).addOption(
    contractOption('registry', 'the ModelRegistry; by default the one that `contracts show` names'),
  )
}

/** A model's id, and the version where one is named. */
export function readModelOrVersion(text: string): Partial<VersionFlag> & Pick<VersionFlag, 'modelId'> {
  if (text.includes(':')) return readVersion(text)
  try {
    return { modelId: readId(text) }
  } catch {
    throw new InvalidArgumentError('Expected a model, such as 1, or a version of one, such as 1:2.')
  }
}
