import { ZkserveError } from '#circuits/errors.js'
import { forfeitContest, refundEntry, settleContest } from '#service/chain/arena.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type ArenaPlace, type ContestState, readContest, readEntries } from '#service/chain/read-contest.js'
import type { SentTransaction } from '#service/chain/send-transaction.js'

/** What a contest waits for, or how it ended. */
export type ContestPhase =
  | 'entering'
  | 'revealing'
  | 'proving'
  | 'to settle'
  | 'to forfeit'
  | 'settled'
  | 'void'
  | 'forfeited'

/** Where a contest stands. @param now the chain's time, in seconds since 1970 */
export function phaseOf(contest: ContestState, now: number): ContestPhase {
  const { status, entryCloses, revealBy, proveBy, firstRevealedAt, fairlyRevealed } = contest
  if (status !== 'open') return status as ContestPhase
  if (firstRevealedAt !== 0 && firstRevealedAt < entryCloses) return 'to forfeit'
  if (now < entryCloses) return 'entering'
  if (!fairlyRevealed) return now <= revealBy ? 'revealing' : 'to forfeit'
  return now <= proveBy ? 'proving' : 'to settle'
}

/**
 * Ends a contest by what its time allows, and gives the entrants of a void or forfeited one back what is theirs.
 * @returns the transactions, by what they did
 * @throws CHAIN_REJECTED (TooEarly), CHAIN_UNREACHABLE
 */
export async function endContest(
  chain: ChainWriter,
  place: ArenaPlace,
  contest: ContestState,
  now: number,
): Promise<{ readonly ended: ContestState; readonly sent: readonly (readonly [string, SentTransaction])[] }> {
  const at = { arena: place.arena, contestId: contest.contestId }
  const phase = phaseOf(contest, now)
  const sent: (readonly [string, SentTransaction])[] = []
  if (phase === 'to forfeit') sent.push(['forfeit', await forfeitContest(chain, at)])
  else if (phase === 'to settle') sent.push(['settle', await settleContest(chain, at)])
  else if (contest.status === 'open') {
    throw new ZkserveError('CHAIN_REJECTED', `the contest is not over: it is ${phase}`, {
      hints: ['`zkserve arena show` tells until when.'],
      details: { reason: 'TooEarly' },
    })
  }
  const ended = await readContest(chain, place, contest.contestId)
  if (ended.status === 'void' || ended.status === 'forfeited') {
    const entries = await readEntries(chain, place.arena, ended)
    for (const { entryId } of entries.filter(({ status }) => status === 'entered'))
      sent.push([`refund entry ${entryId}`, await refundEntry(chain, { ...at, entryId })])
  }
  return { ended, sent }
}
