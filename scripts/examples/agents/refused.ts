import { ZkserveError } from '#circuits/errors.js'
import type { Say } from '#service/demo/options.js'

/**
 * Tries what an agent or a contract must refuse, and tells the reason.
 *
 * @throws ZkserveError `INTERNAL` where it is accepted, and what else went wrong
 */
export async function refused(what: string, attempt: () => Promise<unknown>, say: Say): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    if (!(error instanceof ZkserveError) || error.code === 'CHAIN_UNREACHABLE') throw error
    const reason = String(error.details.reason ?? error.code)
    say(`   ${what.padEnd(48)} refused: ${reason}`)
    return reason
  }
  throw new ZkserveError('INTERNAL', `accepted: ${what}`)
}
