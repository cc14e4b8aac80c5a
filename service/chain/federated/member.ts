/** What members of a federation send to its FederatedRounds. */
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { federatedRoundsAbi as abi } from '#contracts/generated/FederatedRounds.js'
import type { UpdateOpening } from '#prover/federated/commitments.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** A member's update in a round. */
export interface RoundUpdate {
  readonly rounds: Address
  readonly roundId: bigint
  readonly slot: number
  readonly opening: UpdateOpening
}

/** Puts the sender's stake in, or fills it up. @throws CHAIN_REJECTED (NotMember, WrongValue), CHAIN_UNREACHABLE */
export function joinFederation(
  chain: ChainWriter,
  { rounds, value }: { readonly rounds: Address; readonly value: bigint },
): Promise<SentTransaction> {
  const data = encodeFunctionData({ abi, functionName: 'join' })
  return sendTransaction(chain, { to: rounds, data, value })
}

/** Credits the sender's stake back to it. @throws CHAIN_REJECTED (StakeLocked, StakeMissing), CHAIN_UNREACHABLE */
export function resignFromFederation(
  chain: ChainWriter,
  { rounds }: { readonly rounds: Address },
): Promise<SentTransaction> {
  return sendTransaction(chain, { to: rounds, data: encodeFunctionData({ abi, functionName: 'resign' }) })
}

/** Commits to an update. @throws CHAIN_REJECTED (WrongPeriod, StakeMissing, AlreadyCommitted), CHAIN_UNREACHABLE */
export function sendCommitment(
  chain: ChainWriter,
  update: { readonly rounds: Address; readonly roundId: bigint; readonly commitment: bigint },
): Promise<SentTransaction> {
  const args = [update.roundId, update.commitment] as const
  return sendTransaction(chain, {
    to: update.rounds,
    data: encodeFunctionData({ abi, functionName: 'commitUpdate', args }),
  })
}

/**
 * Shows an update that the coordinator did not acknowledge: it then must be included, and is public.
 *
 * @throws CHAIN_REJECTED (WrongPeriod, OpeningMismatch, UpdateMalformed, AlreadyReady), CHAIN_UNREACHABLE
 */
export function revealUpdate(
  chain: ChainWriter,
  { rounds, roundId, slot, opening }: RoundUpdate,
): Promise<SentTransaction> {
  const args = [roundId, BigInt(slot), opening] as const
  return sendTransaction(chain, {
    to: rounds,
    data: encodeFunctionData({ abi, functionName: 'reveal', args }),
  })
}

/** Signs an opening for the coordinator (EIP-712), who asks for it: whoever signs another than its own is slashed. */
export async function signHandover(
  { wallet, account, chainId }: ChainWriter,
  { rounds, roundId, commitment, opening }: Omit<RoundUpdate, 'slot'> & { readonly commitment: bigint },
): Promise<Hex> {
  return wallet.signTypedData({
    account,
    domain: { name: 'FederatedRounds', version: '1', chainId, verifyingContract: rounds },
    types: {
      Handover: [
        { name: 'roundId', type: 'uint256' },
        { name: 'commitment', type: 'uint256' },
        { name: 'salt', type: 'uint256' },
        { name: 'words', type: 'uint256[]' },
      ],
    },
    primaryType: 'Handover',
    message: { roundId, commitment, ...opening },
  })
}
