import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { arenaOption, loadEvaluated, readShares } from '#service/cli/arena-options.js'
import {
  amountOption,
  type ChainFlags,
  type Moment,
  readMoment,
  withChain,
} from '#service/cli/chain-options.js'
import { readJson } from '#service/cli/files.js'
import { openToWrite, requireContract, secondsOf } from '#service/cli/open-chain.js'
import { etherText, percentText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly arena: Address
  readonly evaluator: string
  readonly prize: bigint
  readonly stake: bigint
  readonly shares: readonly number[]
  readonly enterUntil: Moment
  readonly revealUntil: Moment
  readonly proveUntil: Moment
}

const until = (name: string, description: string) =>
  new Option(`--${name}-until <time>`, `${description}: a time from now on, such as 2d, or a date`)
    .argParser(readMoment)
    .makeOptionMandatory()

/** `zkserve arena open`: a contest on a committed test set. */
export function arenaOpenVerb(arena: Command, { report }: VerbContext): void {
  withChain(
    addCommand(
      arena,
      'open <bundle> <test-set>',
      'open a contest on a committed test set, and pay in its prize',
    ),
  )
    .addOption(arenaOption())
    .requiredOption('--evaluator <directory>', 'the folder of `zkserve arena evaluator`')
    .addOption(amountOption('--prize <amount>', 'in ether').makeOptionMandatory())
    .addOption(amountOption('--stake <amount>', "each entrant's, in ether").makeOptionMandatory())
    .addOption(
      new Option('--shares <percent,…>', 'parts of the prize by place')
        .default([10_000], '100')
        .argParser(readShares),
    )
    .addOption(until('enter', 'when entries close, and the rows may be revealed'))
    .addOption(until('reveal', 'when all rows must be revealed, or the prize is lost'))
    .addOption(until('prove', 'when proofs end; an hour after that at least'))
    .action(async (directory: string, path: string, flags: Flags) => {
      const { parseTestSet } = await import('#service/arena/private-files.js')
      const file = parseTestSet(await readJson(path, 'INVALID_INPUT'))
      const { bundle, evaluator, evaluatorId } = await loadEvaluated(directory, flags.evaluator)
      if (evaluatorId !== file.evaluatorId)
        throw new ZkserveError('USAGE', `"${path}" commits to rows of another evaluator`)
      const chain = await openToWrite(flags)
      const { ensureArchitecture } = await import('#service/chain/ensure-architecture.js')
      const { openContest } = await import('#service/chain/arena.js')
      const { publishEvaluator, publishTestSet } = await import('#service/chain/linked-evaluations.js')
      const { readArenaPlace } = await import('#service/chain/read-contest.js')
      const place = await readArenaPlace(chain, await requireContract(chain, 'Arena', flags.arena))
      const [entryCloses, revealBy, proveBy] = (await Promise.all(
        [flags.enterUntil, flags.revealUntil, flags.proveUntil].map((moment) => secondsOf(chain, moment)),
      )) as [number, number, number]
      const { testSet } = file
      const chunks = file.chunks.map(({ commitment }) => BigInt(commitment))
      await ensureArchitecture(chain, place.registry, bundle.architectureKey!)
      await publishEvaluator(chain, { ...place, evaluator })
      await publishTestSet(chain, { ...place, evaluatorId, chunks })
      const { stake, shares, prize } = flags
      const terms = { testSet, stake, entryCloses, revealBy, proveBy, shares }
      const { contestId, transaction } = await openContest(chain, { ...place, terms, prize })
      report(
        sentOutcome(transaction, { contestId, ...terms, prize, arena: place.arena }, [
          ['contest', String(contestId)],
          ['arena', place.arena],
          ['test set', testSet],
          ['prize', `${etherText(prize)}, ${shares.map(percentText).join(', ')}`],
          ['stake', `${etherText(stake)}`],
          ['entries until', timeText(entryCloses)],
          ['rows revealed until', timeText(revealBy)],
          ['proofs until', timeText(proveBy)],
        ]),
      )
    })
}
