/** What is tried in a round and refused. */
import { scalarModulus } from '#prover/curve/bn254.js'
import { type FederationState, type OpenRound, proofOf } from '#scripts/examples/federated/round.js'
import type { FederationStage } from '#scripts/examples/federated/stage.js'
import { tryTo } from '#scripts/examples/try-to.js'
import { reportMalformed, settleRound } from '#service/chain/federated/coordinator.js'
import { resignFromFederation, revealUpdate, sendCommitment } from '#service/chain/federated/member.js'
import type { Say } from '#service/demo/options.js'
import type { RoundProof } from '#service/federated/rounds.js'

type Attack = readonly [what: string, attempt: () => Promise<unknown>]

/** While members commit. @returns the contract's reasons */
export function attackCommitments(
  { coordinator, members, rounds }: FederationStage,
  { roundId, commitments }: OpenRound,
  say: Say,
): Promise<string[]> {
  const [first] = members
  const commitment = commitments[0]!
  return tryAll(
    [
      ['a stranger commits', () => sendCommitment(coordinator, { rounds, roundId, commitment })],
      ['a member commits twice', () => sendCommitment(first!, { rounds, roundId, commitment })],
      ['a member takes its stake and leaves', () => resignFromFederation(first!, { rounds })],
    ],
    say,
  )
}

/** When the proof is due. @returns the contract's reasons */
export async function attackProof(
  stage: FederationStage,
  state: FederationState,
  open: OpenRound,
  proof: RoundProof,
  before: RoundProof,
  say: Say,
): Promise<string[]> {
  const { coordinator, members, rounds } = stage
  const { roundId, openings } = open
  const [own, other] = openings
  const partial = await proofOf(stage, state, open, [1, 2, 3, 4])
  const aliased = { ...own!, words: own!.words.map((word, w) => (w === 0 ? word + scalarModulus : word)) }
  const settle = ({ next, words }: Pick<RoundProof, 'next' | 'words'>) =>
    settleRound(coordinator, { rounds, roundId, next, proof: words })
  return tryAll(
    [
      ['the proof of the round before', () => settle(before)],
      ['an average without the first client', () => settle(partial)],
      ['other weights than were proven', () => settle({ ...proof, next: proof.next + 1n })],
      [
        'an honest update reported as malformed',
        () => reportMalformed(coordinator, { rounds, roundId, slot: 0, opening: own! }),
      ],
      [
        'the same, with a word raised by r',
        () => reportMalformed(coordinator, { rounds, roundId, slot: 0, opening: aliased }),
      ],
      [
        "another client's update reported as its own",
        () => reportMalformed(coordinator, { rounds, roundId, slot: 0, opening: other! }),
      ],
      [
        'an update revealed that is acknowledged',
        () => revealUpdate(members[0]!, { rounds, roundId, slot: 0, opening: own! }),
      ],
    ],
    say,
  )
}

async function tryAll(attacks: readonly Attack[], say: Say): Promise<string[]> {
  const reasons: string[] = []
  for (const [what, attempt] of attacks) reasons.push(await tryTo(what, attempt, say))
  return reasons
}
