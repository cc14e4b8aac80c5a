import type { Address } from 'viem'
import type { RoundRules } from '#circuits/federated/rules.js'
import { federatedRoundsAbi as abi } from '#contracts/generated/FederatedRounds.js'
import type { UpdateOpening } from '#prover/federated/commitments.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { RoundName } from '#service/chain/federated/coordinator.js'
import { collectEvents } from '#service/chain/search-events.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** The contract's enum `Status`, in its order. */
const statuses = ['none', 'open', 'settled', 'void', 'forfeited'] as const

/** A round as it stands; of the sets, the slots. Times in seconds since 1970, the reward in wei. */
export interface RoundState {
  readonly status: (typeof statuses)[number]
  /** The commitment to the weights that the round starts from. */
  readonly weights: bigint
  readonly commitEnd: number
  readonly handoverEnd: number
  readonly revealEnd: number
  readonly proveEnd: number
  readonly committed: readonly number[]
  readonly ready: readonly number[]
  readonly slashed: readonly number[]
  readonly reward: bigint
}

/** Reads a round. @throws CHAIN_UNREACHABLE */
export async function readRound(chain: ChainReader, { rounds, roundId }: RoundName): Promise<RoundState> {
  try {
    const round = await chain.client.readContract({
      ...{ address: rounds, abi, functionName: 'getRound', args: [roundId] },
    })
    const { committed, ready, slashed, status } = round
    const sets = { committed: slotsOf(committed), ready: slotsOf(ready), slashed: slotsOf(slashed) }
    return { ...round, ...sets, status: statuses[status]! }
  } catch (error) {
    throw toChainError(error)
  }
}

/** What an account may withdraw from a federation, and what a member has at stake, in wei. @throws CHAIN_UNREACHABLE */
export async function readBalances(
  chain: ChainReader,
  { rounds, account }: { readonly rounds: Address; readonly account: Address },
): Promise<{ readonly credit: bigint; readonly stake: bigint }> {
  try {
    const [credit, stake] = await Promise.all(
      (['creditOf', 'stakeOf'] as const).map((functionName) =>
        chain.client.readContract({ address: rounds, abi, functionName, args: [account] }),
      ),
    )
    return { credit: credit!, stake: stake! }
  } catch (error) {
    throw toChainError(error)
  }
}

/** What is fixed of a federation, and where it stands. */
export interface Federation {
  readonly rounds: Address
  /** Those of its circuit. */
  readonly rules: RoundRules
  /** By slot. */
  readonly members: readonly Address[]
  readonly coordinator: Address
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  /** In wei. */
  readonly stake: bigint
  readonly bond: bigint
  readonly dropPenalty: bigint
  /** The commitment to the current weights. */
  readonly weights: bigint
  readonly roundCount: bigint
  /** What was lost in rounds before: part of the next settled round's reward, in wei. */
  readonly pot: bigint
}

/** Reads a federation. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readFederation({ client }: ChainReader, rounds: Address): Promise<Federation> {
  const at = { address: rounds, abi } as const
  const [terms, members, weights, roundCount, pot, verifier] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'terms' }),
      client.readContract({ ...at, functionName: 'members' }),
      client.readContract({ ...at, functionName: 'weights' }),
      client.readContract({ ...at, functionName: 'roundCount' }),
      client.readContract({ ...at, functionName: 'pot' }),
      client.readContract({ ...at, functionName: 'verifier' }),
    ]),
  )
  const { coordinator, modelId, version, stake, bond, dropPenalty, sizes } = terms
  return {
    ...{ rounds, members, coordinator, verifier, modelId, version, stake, bond, dropPenalty },
    ...{ weights, roundCount, pot, rules: { ...sizes, members: members.length } },
  }
}

/** What a member committed to in a round; 0 if it did not. @throws CHAIN_UNREACHABLE */
export function readCommitment(
  { client }: ChainReader,
  { rounds, roundId, slot }: RoundName & { readonly slot: number },
): Promise<bigint> {
  const args = [roundId, BigInt(slot)] as const
  return asked(() => client.readContract({ ...{ address: rounds, abi, functionName: 'updateOf', args } }))
}

/** The openings that were shown on chain in a round, by slot. @throws CHAIN_UNREACHABLE */
export async function readRevealed(
  chain: ChainReader,
  { rounds: address, roundId }: RoundName,
): Promise<ReadonlyMap<number, UpdateOpening>> {
  const filter = { address, abi, eventName: 'UpdateRevealed', args: { roundId } } as const
  const events = await collectEvents(chain, (range) =>
    chain.client.getContractEvents({ ...filter, ...range, strict: true }),
  )
  return new Map(events.map(({ args }) => [Number(args.slot), args.opening]))
}

function slotsOf(bits: number): number[] {
  return Array.from({ length: 16 }, (_, slot) => slot).filter((slot) => (bits >> slot) & 1)
}
