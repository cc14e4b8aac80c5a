import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Evaluation } from '#circuits/qmodel/evaluation.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Evaluator } from '#prover/evaluation/build.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { ArenaPlace, ContestEntry, ContestState } from '#service/chain/read-contest.js'
import {
  type ChainFlags,
  contractOption,
  readId,
  type VersionFlag,
  versionOption,
  withChain,
} from '#service/cli/chain-options.js'
import { requireContract } from '#service/cli/open-chain.js'

/** Which contest. */
export interface ContestFlags extends ChainFlags {
  readonly arena: Address
  readonly contest: bigint
}

/** The option for the Arena. */
export const arenaOption = (): Option => contractOption('arena', 'the Arena').makeOptionMandatory()

/** Adds the options that say which contest. */
export function withContest(command: Command): Command {
  return withChain(command)
    .addOption(arenaOption())
    .addOption(
      new Option('--contest <number>', 'the contest, counted from 0').argParser(readId).makeOptionMandatory(),
    )
}

/** The contracts and the contest that the options name. @throws CHAIN_REJECTED (NoContest, …), CHAIN_UNREACHABLE */
export async function contestOf(
  chain: ChainReader,
  { arena, contest }: Pick<ContestFlags, 'arena' | 'contest'>,
): Promise<{ readonly place: ArenaPlace; readonly state: ContestState }> {
  const { readArenaPlace, readContest } = await import('#service/chain/read-contest.js')
  const place = await readArenaPlace(chain, await requireContract(chain, 'Arena', arena))
  return { place, state: await readContest(chain, place, contest) }
}

/** The entry of a version. */
export function entryOf(
  entries: readonly ContestEntry[],
  { modelId, version }: VersionFlag,
): ContestEntry | undefined {
  return entries.find((entry) => entry.modelId === modelId && entry.version === version)
}

/** Parts of the prize by place in hundredths of a percent: `70,30` or `62.5,37.5`. */
export function readShares(text: string): readonly number[] {
  const shares = text.split(',').map((part) => {
    const [, whole, fraction = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(part) ?? []
    return whole === undefined ? 0 : Number(whole + fraction.padEnd(2, '0'))
  })
  const sum = shares.reduce((total, share) => total + share, 0)
  if (shares.every((share) => share > 0) && shares.length <= 8 && sum === 10_000) return shares
  throw new InvalidArgumentError('Expected 1 to 8 percentages that make 100, the first place first: 70,30.')
}

/** Whose version takes part, and with which files. */
export interface EntryFlags extends ContestFlags {
  readonly model: VersionFlag
  readonly evaluator: string
  readonly link: string
}

/** Adds the options of who takes part. @param link what its file is here */
export function withEntry(command: Command, link: string): Command {
  return withContest(command)
    .addOption(versionOption("the bundle's number in the registry").makeOptionMandatory())
    .requiredOption('--evaluator <directory>', "the organiser's folder")
    .requiredOption('--link <file>', link)
}

/** A bundle, and the evaluator of its architecture. @throws BUNDLE_NOT_FOUND, BUNDLE_CORRUPT, INVALID_KEY, USAGE */
export async function loadEvaluated(
  directory: string,
  folder: string,
): Promise<{
  readonly bundle: Bundle
  readonly evaluator: Evaluator
  readonly evaluation: Evaluation
  readonly evaluatorId: Hex
}> {
  const { loadBundle } = await import('#prover/bundle/load.js')
  const { readEvaluator, requireFit } = await import('#prover/evaluation/store.js')
  const { evaluatorIdOf, evaluatorRecord } = await import('#service/chain/evaluation-ids.js')
  const bundle = await loadBundle(directory, { late: true })
  const evaluator = await readEvaluator(folder)
  const evaluation = requireFit(evaluator, bundle)
  return { bundle, evaluator, evaluation, evaluatorId: evaluatorIdOf(evaluatorRecord(evaluator)) }
}

/** @throws ZkserveError `USAGE` where a contest's test set is for another evaluator */
export function requireEvaluator({ evaluatorId }: Pick<ContestState, 'evaluatorId'>, own: string): void {
  if (evaluatorId === own) return
  throw new ZkserveError('USAGE', "the evaluator is not that of the contest's test set", {
    hints: ['Take the folder that the organiser of this contest hands out.'],
    details: { expected: evaluatorId, actual: own },
  })
}
