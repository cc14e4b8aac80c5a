import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Say } from '#service/demo/options.js'

/**
 * Tries an attack that a contract must refuse, and tells what became of it.
 *
 * @returns the contract's reason
 * @throws ZkserveError `INTERNAL` where it is accepted, and what else went wrong
 */
export async function tryTo(attack: string, attempt: () => Promise<unknown>, say: Say): Promise<string> {
  const outcome = await attempt().then(() => null, toZkserveError)
  if (outcome === null) throw new ZkserveError('INTERNAL', `accepted: ${attack}`)
  if (outcome.code !== 'CHAIN_REJECTED') throw outcome
  const reason = String(outcome.details.reason)
  say(`   ${attack.padEnd(40)} refused: ${reason}`)
  return reason
}
