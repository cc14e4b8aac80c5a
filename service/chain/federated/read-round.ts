import type { Address } from 'viem'
import { federatedRoundsAbi as abi } from '#contracts/generated/FederatedRounds.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { RoundName } from '#service/chain/federated/coordinator.js'
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

function slotsOf(bits: number): number[] {
  return Array.from({ length: 16 }, (_, slot) => slot).filter((slot) => (bits >> slot) & 1)
}
