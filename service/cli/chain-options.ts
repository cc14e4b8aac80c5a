/** What the verbs that speak to a chain share: their options, and how their arguments are read. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { fitsChecksum } from '#service/address-checksum.js'
import { parseDuration } from '#service/cli/duration.js'

/** The variable with the key of the account in whose name a verb acts; flags can be seen by others. */
export const keyVariable = 'ZKSERVE_PRIVATE_KEY'

/** Which chain. */
export interface ChainFlags {
  readonly rpc: string
  readonly chainId?: number
  /** Of verbs with {@link fromBlockOption}. */
  readonly fromBlock?: number
}

/** A version as `MODEL:VERSION`. */
export interface VersionFlag {
  readonly modelId: bigint
  readonly version: number
}

/** A time as it was given: seconds since 1970, or seconds from the chain's present on. */
export type Moment = { readonly at: number } | { readonly in: number }

/** Adds the options that say which chain. */
export function withChain(command: Command): Command {
  return command
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .addOption(new Option('--chain-id <number>', 'refuse any other chain').argParser(readNumber))
}

/** For verbs that look for events. */
export const fromBlockOption = (): Option =>
  new Option('--from-block <number>', 'block to search events from; the first by default').argParser(
    readNumber,
  )

/** An option for a contract, such as `contractOption('registry', 'the ModelRegistry')`. */
export function contractOption(name: string, description: string): Option {
  return new Option(`--${name} <address>`, description).argParser(readAddress)
}

/** An option for the version of a model. */
export function versionOption(description: string): Option {
  return new Option('--model <id:version>', description).argParser(readVersion)
}

/** An option for money, read in wei. */
export function amountOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(readAmount)
}

/** A whole number from 1 on. */
export function readNumber(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number
  throw new InvalidArgumentError('Expected a whole number from 1 on.')
}

/** The number of a model, a request, a token. */
export function readId(text: string): bigint {
  if (/^\d{1,78}$/.test(text) && BigInt(text) < 2n ** 256n) return BigInt(text)
  throw new InvalidArgumentError('Expected a whole number.')
}

/** An address of a contract or an account; of letters in both cases, the checksum must be right (EIP-55). */
export function readAddress(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError('Expected 0x and 40 hex digits.')
  if (fitsChecksum(text)) return text as Address
  throw new InvalidArgumentError("Its letters' case is no valid checksum: check it for a typing error.")
}

/** 32 bytes: a hash, the id of a record. */
export function readHash(text: string): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hex
  throw new InvalidArgumentError('Expected 0x and 64 hex digits.')
}

/** Several of them, as an option is repeated. */
export const readHashes = (text: string, before: readonly Hex[] = []): readonly Hex[] => [
  ...before,
  readHash(text),
]

/** A model's id and a version, `1:2`. */
export function readVersion(text: string): VersionFlag {
  const [, modelId, version] = /^(\d{1,78}):(\d{1,10})$/.exec(text) ?? []
  if (modelId === undefined || BigInt(modelId) >= 2n ** 256n || Number(version) >= 2 ** 32)
    throw new InvalidArgumentError('Expected a model and a version, such as 1:2.')
  return { modelId: BigInt(modelId), version: Number(version) }
}

const decimals: Readonly<Record<string, number>> = { ether: 18, gwei: 9, wei: 0 }

/** Money in wei, exactly: `0.01` and `0.01ether` are the same, `20gwei` and `7wei` are less. */
export function readAmount(text: string): bigint {
  const [, whole, fraction = '', unit = 'ether'] =
    /^(\d{1,60})(?:\.(\d+))?(ether|gwei|wei)?$/.exec(text) ?? []
  if (whole === undefined) throw new InvalidArgumentError('Expected ether, such as 0.01, or 20gwei, or 7wei.')
  const digits = decimals[unit]!
  if (fraction.length > digits)
    throw new InvalidArgumentError(`Expected at most ${digits} decimals of ${unit}.`)
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

/** A time: from the chain's present on, such as 30d, or a date of ISO 8601, such as 2030-01-31 or 2030-01-31T12:00Z. */
export function readMoment(text: string): Moment {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text))
    return { in: Math.floor(parseDuration(text) / 1000) }
  const at = Date.parse(text) / 1000
  if (Number.isInteger(at) && at >= 0) return { at }
  throw new InvalidArgumentError('Expected a date that there is.')
}
