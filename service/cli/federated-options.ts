import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { Federation, RoundState } from '#service/chain/federated/read-round.js'
import { type ChainFlags, contractOption, readId, withChain } from '#service/cli/chain-options.js'
import { readJson } from '#service/cli/files.js'
import { openToWrite, requireContract } from '#service/cli/open-chain.js'
import type { HandedUpdate } from '#service/federated/private-files.js'

/** Which federation, and which of its rounds. */
export interface FederationFlags extends ChainFlags {
  readonly rounds: Address
  readonly round?: bigint
}

/** A round that is there. */
export interface KnownRound extends RoundState {
  readonly roundId: bigint
}

/** Adds the options that say which federation. */
export function withFederation(command: Command): Command {
  return withChain(command).addOption(
    contractOption('rounds', 'the FederatedRounds of the federation').makeOptionMandatory(),
  )
}

/** Adds the options that say which round. */
export function withRound(command: Command): Command {
  return withFederation(command).addOption(
    new Option('--round <number>', 'the round, counted from 0; the last one by default').argParser(readId),
  )
}

/** The federation that the options name. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function federationOf(chain: ChainReader, { rounds }: FederationFlags): Promise<Federation> {
  const { readFederation } = await import('#service/chain/federated/read-round.js')
  return readFederation(chain, await requireContract(chain, 'FederatedRounds', rounds))
}

/** The round that the options name. @throws CHAIN_REJECTED (NoRound), CHAIN_UNREACHABLE */
export async function roundOf(
  chain: ChainReader,
  { rounds, roundCount }: Federation,
  { round }: FederationFlags,
): Promise<KnownRound> {
  const { readRound } = await import('#service/chain/federated/read-round.js')
  const roundId = round ?? roundCount - 1n
  if (roundId < 0n || roundId >= roundCount) {
    throw new ZkserveError('CHAIN_REJECTED', `there is no round ${roundId < 0n ? 0 : roundId} yet`, {
      hints: ['The coordinator opens rounds: `zkserve federated open`.'],
      details: { reason: 'NoRound' },
    })
  }
  return { ...(await readRound(chain, { rounds, roundId })), roundId }
}

/** Updates that members handed over, of a round. @throws FILE_NOT_FOUND, INVALID_INPUT */
export async function readHanded(
  paths: readonly string[],
  round: KnownRound,
  { rounds }: Federation,
): Promise<HandedUpdate[]> {
  const { parseHanded } = await import('#service/federated/private-files.js')
  const { roundId } = round
  return Promise.all(
    paths.map(async (path) => parseHanded(await readJson(path, 'INVALID_INPUT'), path, { rounds, roundId })),
  )
}

/** A chain to write to, and an update of one of its rounds that a member handed over. */
export async function openWithHanded(path: string, flags: FederationFlags) {
  const chain = await openToWrite(flags)
  const federation = await federationOf(chain, flags)
  const round = await roundOf(chain, federation, flags)
  const [handed] = await readHanded([path], round, federation)
  return { chain, federation, round, handed: handed! }
}
