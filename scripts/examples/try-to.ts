import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Say } from '#service/demo/options.js'

/**
 * Tries what a contract or an agent must refuse, and tells what became of it.
 *
 * @returns the contract's reason, or the code of an agent's error
 * @throws ZkserveError `INTERNAL` where it is accepted, and what else went wrong
 */
export async function tryTo(attack: string, attempt: () => Promise<unknown>, say: Say): Promise<string> {
  const outcome = await attempt().then(() => null, toZkserveError)
  if (outcome === null) throw new ZkserveError('INTERNAL', `accepted: ${attack}`)
  if (outcome.code === 'CHAIN_UNREACHABLE' || outcome.code === 'INTERNAL') throw outcome
  const reason = String(outcome.details.reason ?? outcome.code)
  say(`   ${attack.padEnd(48)} refused: ${reason}`)
  return reason
}
