import { ZkserveError } from '#circuits/errors.js'
import type { ProposalState } from '#service/chain/family/read-proposal.js'
import { timeText } from '#service/cli/sent-outcome.js'

/** What can be done with a proposal. */
export type Step = 'vote' | 'queue' | 'execute'

/** The state that a step takes. */
const stateFor = { vote: 'active', queue: 'succeeded', execute: 'queued' } as const

/**
 * Checks that a proposal is where a step takes it on.
 *
 * @param now the chain's time, in seconds since 1970
 * @throws ZkserveError `CHAIN_REJECTED`: TooEarly with the time from which on it may be done, or WrongState
 */
export function requireStep(step: Step, proposal: ProposalState, now: number): void {
  const { state, proposalId, voteStart, voteEnd, executableAt } = proposal
  if (state === 'pending') throw tooEarly(proposalId, 'the vote has not begun', voteStart)
  if (state === 'active' && step !== 'vote') throw tooEarly(proposalId, 'the vote has not ended', voteEnd)
  if (state !== stateFor[step]) throw wrongState(proposal)
  if (step === 'execute' && executableAt !== null && now < executableAt)
    throw tooEarly(proposalId, 'its delay has not passed', executableAt)
}

function tooEarly(proposalId: bigint, what: string, from: number): ZkserveError {
  return new ZkserveError('CHAIN_REJECTED', `too early for proposal ${proposalId}: ${what}`, {
    hints: [`Run it again after ${timeText(from)}.`],
    details: { reason: 'TooEarly', from },
  })
}

const nextSteps: Readonly<Record<ProposalState['state'], string>> = {
  pending: 'The vote has not begun; `zkserve family show` tells when it does.',
  active: 'It is being voted on: `zkserve family vote`.',
  succeeded: 'The vote is over and won: `zkserve family queue` is next.',
  queued: 'It waits for its delay: `zkserve family execute` is next.',
  executed: 'It is done; `zkserve family show` tells what is current.',
  defeated: 'The vote is lost, or the quorum missed. A new proposal takes another description.',
  cancelled: 'Its proposer took it back. A new proposal takes another description.',
  expired: 'A new proposal takes another description.',
}

function wrongState({ proposalId, state }: ProposalState): ZkserveError {
  return new ZkserveError('CHAIN_REJECTED', `proposal ${proposalId} is ${state}`, {
    hints: [nextSteps[state]],
    details: { reason: 'WrongState', state },
  })
}
