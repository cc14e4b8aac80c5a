/** What an Arena and its LinkedEvaluations know of a contest. */
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { arenaAbi } from '#contracts/generated/Arena.js'
import { linkedEvaluationsAbi } from '#contracts/generated/LinkedEvaluations.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** The contracts' enums, in their order. */
const statuses = ['none', 'open', 'settled', 'void', 'forfeited'] as const
const entryStatuses = ['none', 'entered', 'scored', 'refunded'] as const

/** Where the contracts of an arena are. */
export interface ArenaPlace {
  readonly arena: Address
  readonly evaluations: Address
  readonly verifier: Address
  readonly registry: Address
}

/** A contest as it stands; times in seconds since 1970, money in wei, shares in hundredths of a percent. */
export interface ContestState {
  readonly contestId: bigint
  readonly status: (typeof statuses)[number]
  readonly organiser: Address
  readonly testSet: Hex
  readonly prize: bigint
  readonly stake: bigint
  readonly entryCloses: number
  readonly revealBy: number
  readonly proveBy: number
  readonly shares: readonly number[]
  readonly entries: number
  readonly scored: number
  /** Whether the whole test set was revealed within its time. */
  readonly fairlyRevealed: boolean
  /** Of the test set. */
  readonly evaluatorId: Hex
  readonly rows: number
  readonly chunks: number
  readonly revealedChunks: number
  /** Zero before. */
  readonly firstRevealedAt: number
}

/** An entry of a contest. */
export interface ContestEntry {
  readonly entryId: bigint
  readonly entrant: Address
  readonly modelId: bigint
  readonly version: number
  readonly status: (typeof entryStatuses)[number]
}

/** Where the contracts are that an Arena stands on. @throws CHAIN_UNREACHABLE, CHAIN_REJECTED */
export async function readArenaPlace({ client }: ChainReader, arena: Address): Promise<ArenaPlace> {
  const evaluations = await asked(() =>
    client.readContract({ address: arena, abi: arenaAbi, functionName: 'evaluations' }),
  )
  const [verifier, registry] = await asked(() =>
    Promise.all(
      (['verifier', 'registry'] as const).map((functionName) =>
        client.readContract({ address: evaluations, abi: linkedEvaluationsAbi, functionName }),
      ),
    ),
  )
  return { arena, evaluations, verifier: verifier!, registry: registry! }
}

/** Reads a contest. @throws CHAIN_REJECTED (NoContest), CHAIN_UNREACHABLE */
export async function readContest(
  { client }: ChainReader,
  { arena, evaluations }: Pick<ArenaPlace, 'arena' | 'evaluations'>,
  contestId: bigint,
): Promise<ContestState> {
  const at = { address: arena, abi: arenaAbi, args: [contestId] } as const
  const [contest, fairlyRevealed] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'getContest' }),
      client.readContract({ ...at, functionName: 'isFairlyRevealed' }),
    ]),
  )
  const status = statuses[contest.status]!
  if (status === 'none') {
    throw new ZkserveError('CHAIN_REJECTED', `there is no contest ${contestId} at ${arena}`, {
      hints: ['Contests are numbered from 0; check the number, the address and the chain.'],
      details: { reason: 'NoContest' },
    })
  }
  const { evaluatorId, rows, chunks, revealedChunks, firstRevealedAt } = await asked(() =>
    client.readContract({
      ...{ address: evaluations, abi: linkedEvaluationsAbi, functionName: 'getTestSet' },
      args: [contest.testSet],
    }),
  )
  const tested = { evaluatorId, rows, chunks, revealedChunks, firstRevealedAt }
  return { ...contest, ...tested, contestId, status, fairlyRevealed }
}

/** All entries, in their order. @throws CHAIN_UNREACHABLE */
export async function readEntries(
  { client }: ChainReader,
  arena: Address,
  { contestId, entries }: Pick<ContestState, 'contestId' | 'entries'>,
): Promise<ContestEntry[]> {
  const ids = Array.from({ length: entries }, (_, k) => BigInt(k))
  const found = await asked(() =>
    Promise.all(
      ids.map((entryId) =>
        client.readContract({
          ...{ address: arena, abi: arenaAbi, functionName: 'getEntry', args: [contestId, entryId] },
        }),
      ),
    ),
  )
  return found.map((entry, k) => ({ ...entry, entryId: ids[k]!, status: entryStatuses[entry.status]! }))
}
