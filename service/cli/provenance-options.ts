import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { readAddress } from '#service/cli/audit-options.js'
import { takePrivateKey } from '#service/cli/private-key.js'

/** The variable that holds the private key of the account that vouches. */
const variable = 'ZKSERVE_PRIVATE_KEY'

/** A version as `MODEL:VERSION`. */
export interface VersionFlag {
  readonly modelId: bigint
  readonly version: number
}

/** Where records are. */
export interface PlaceFlags {
  readonly rpc: string
  readonly contract?: Address
  readonly registry?: Address
  readonly model?: VersionFlag
}

/** A model's id and a version, `1:2`. */
export function readVersion(text: string): VersionFlag {
  const [, modelId, version] = /^(\d{1,78}):(\d{1,10})$/.exec(text) ?? []
  if (modelId === undefined || BigInt(modelId) >= 2n ** 256n || Number(version) >= 2 ** 32)
    throw new InvalidArgumentError('Expected a model and a version, such as 1:2.')
  return { modelId: BigInt(modelId), version: Number(version) }
}

/** A hash or an id of a record. */
export function readHash(text: string): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hex
  throw new InvalidArgumentError('Expected 0x and 64 hex digits.')
}

/** Several of them, as an option is repeated. */
export const readHashes = (text: string, before: readonly Hex[] = []): readonly Hex[] => [
  ...before,
  readHash(text),
]

/** Addresses, each once. */
export function readIssuers(text: string, before: readonly Address[] = []): readonly Address[] {
  const address = readAddress(text)
  return before.some((known) => known.toLowerCase() === address.toLowerCase()) ? before : [...before, address]
}

/** Adds the options that say where records are. */
export function withPlace(command: Command): Command {
  return command
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .addOption(new Option('--contract <address>', 'the Provenance contract').argParser(readAddress))
    .addOption(new Option('--registry <address>', 'the ModelRegistry').argParser(readAddress))
    .addOption(new Option('--model <id:version>', 'a version of a model there').argParser(readVersion))
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

/** The key of who vouches, taken out of the environment. @throws ZkserveError `USAGE` */
export const issuerKey = (environment: NodeJS.ProcessEnv): Hex => takePrivateKey(variable, environment)
