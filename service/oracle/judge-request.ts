import type { EndReason, OracleRequest } from '#service/oracle/oracle-request.js'
import { type ChainCosts, isWorthIt, type Pricing } from '#service/oracle/price-answer.js'

/** Which requests are answered. */
export interface Policy extends Pricing {
  /** Most gas that a callback may be promised. */
  readonly callbackGas: number
  /** Seconds that must be left until the deadline. */
  readonly leadTime: number
}

/** What is known of a request beside its own words. */
export interface Circumstances extends ChainCosts {
  /** Of the version that is asked, in the registry. */
  readonly status: 'none' | 'active' | 'deprecated' | 'revoked'
  /** Of the model's proofs; null where its bundle is not here. */
  readonly proof: { readonly constraints: number; readonly signals: number } | null
}

/** Whether an answer would come too late. @param now the chain's time, in seconds since 1970 */
export function isTooLate(
  { deadline }: Pick<OracleRequest, 'deadline'>,
  now: number,
  { leadTime }: Pick<Policy, 'leadTime'>,
): boolean {
  return deadline < now + leadTime
}

/** Why a request is not answered that is in time, going by what costs nothing to find out; null where it may be. */
export function judgeRequest(
  request: OracleRequest,
  { status, proof, ...costs }: Circumstances,
  policy: Policy,
): EndReason | null {
  if (request.callbackGas > policy.callbackGas) return 'CALLBACK_TOO_LARGE'
  if (status === 'none' || status === 'revoked') return 'VERSION_REVOKED'
  if (proof === null) return 'UNKNOWN_MODEL'
  return isWorthIt(request, proof, costs, policy) ? null : 'UNDERPAID'
}
