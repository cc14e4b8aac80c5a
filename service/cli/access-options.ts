import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { GrantedToken } from '#service/chain/access-grants.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import {
  type ChainFlags,
  contractOption,
  readId,
  readVersion,
  type VersionFlag,
  withChain,
} from '#service/cli/chain-options.js'
import { contractAt } from '#service/cli/open-chain.js'
import { readModelOrVersion } from '#service/cli/registry-options.js'

/** Where grants, models and datasets are. */
export interface PlaceFlags extends ChainFlags {
  readonly grants?: Address
  readonly registry?: Address
  readonly datasets?: Address
}

/** Access to what. */
export interface TokenFlags extends PlaceFlags {
  readonly model?: ReturnType<typeof readModelOrVersion>
  readonly dataset?: bigint
}

/** Whose access. */
export interface UserFlags extends TokenFlags {
  readonly user?: Address
  readonly forModel?: VersionFlag
}

/** Adds the options that say where grants, models and datasets are: by default in those of the whole chain. */
export function withGrants(command: Command): Command {
  return withChain(command)
    .addOption(contractOption('grants', 'the AccessGrants; by default the one that `contracts show` names'))
    .addOption(contractOption('registry', 'the ModelRegistry, in the same way'))
    .addOption(contractOption('datasets', 'the DatasetRegistry, in the same way'))
}

/** Adds the options that name a model or a dataset. */
export function withToken(command: Command): Command {
  return withGrants(command)
    .addOption(new Option('--model <id>', 'this model, all its versions').argParser(readModelOrVersion))
    .addOption(new Option('--dataset <id>', 'or this dataset').argParser(readId))
}

/** Adds the options that name a user of it. */
export function withUser(command: Command): Command {
  return withToken(command)
    .addOption(contractOption('user', 'the account that uses it'))
    .addOption(
      new Option('--for-model <id:version>', 'or the version of a model that needs the dataset').argParser(
        readVersion,
      ),
    )
}

/** A token, and what people call it. */
export interface NamedToken extends GrantedToken {
  readonly name: string
}

/** The model or dataset that the options name. @throws ZkserveError `USAGE`, `CHAIN_REJECTED`, `CHAIN_UNREACHABLE` */
export async function tokenAt(chain: ChainReader, flags: TokenFlags): Promise<NamedToken> {
  const { model, dataset } = flags
  if ((model === undefined) === (dataset === undefined))
    throw new ZkserveError('USAGE', 'either --model or --dataset is needed')
  if (model?.version !== undefined)
    throw new ZkserveError('USAGE', 'access is to a model with all its versions: name no version')
  const grants = await contractAt(chain, 'AccessGrants', flags.grants)
  if (model !== undefined) {
    const registry = await contractAt(chain, 'ModelRegistry', flags.registry)
    return { grants, registry, tokenId: model.modelId, name: `model ${model.modelId}` }
  }
  const registry = await contractAt(chain, 'DatasetRegistry', flags.datasets)
  return { grants, registry, tokenId: dataset!, name: `dataset ${dataset}` }
}

/** The user that the options name: for a version, the address that stands for it. @throws ZkserveError as {@link tokenAt} */
export async function userOf(
  chain: ChainReader,
  { grants }: Pick<GrantedToken, 'grants'>,
  { user, forModel, registry: given }: UserFlags,
): Promise<Address> {
  if ((user === undefined) === (forModel === undefined))
    throw new ZkserveError('USAGE', 'either --user or --for-model is needed')
  if (user !== undefined) return user
  const { readModelUser } = await import('#service/chain/access-grants.js')
  const registry = await contractAt(chain, 'ModelRegistry', given)
  return readModelUser(chain, { grants, registry, ...forModel! })
}
