import { formatEther, keccak256, parseEther, toHex } from 'viem'
import type { Bundle } from '#prover/bundle/load.js'
import {
  balanceOf,
  buyPolicy,
  type Claim,
  claimPolicy,
  collect,
  leave,
  type PolicyStatus,
  policyStatus,
  provide,
} from '#scripts/examples/crop-insurance/contracts.js'
import { findSeason, packFeatures } from '#scripts/examples/crop-insurance/features.js'
import { proveRequest } from '#scripts/examples/crop-insurance/prove-request.js'
import { type Policy, type Season, setSeason } from '#scripts/examples/crop-insurance/stage.js'
import { attestWeather } from '#scripts/examples/crop-insurance/weather-station.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import { tryTo } from '#scripts/examples/try-to.js'
import { fulfilInference } from '#service/chain/fulfil-inference.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, type ModelSource, readProjectModel } from '#service/demo/project-models.js'

/** Probability of a loss from which on it is covered. */
const covered = 0.5
const coverage = parseEther('20')
const fee = parseEther('0.01')
const ether = (wei: bigint) => `${formatEther(wei)} ether`

/** What became of the season. */
export interface SeasonResult {
  readonly drought: PolicyStatus
  readonly goodYear: PolicyStatus
  /** What the farmer of the drought holds in the end, in wei. */
  readonly paid: bigint
  /** The contracts' reasons, in the order of the attacks. */
  readonly refusals: readonly string[]
}

/**
 * Two policies of one season: a drought that is paid, a good year that is not, and what is refused on the way.
 *
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runCropInsurance(say: Say): Promise<SeasonResult> {
  const source = await readProjectModel('crop-risk')
  const bundle = await ensureBundle(source, undefined, 'public')
  say(`1. crop-risk: ${bundle.manifest.constraints.total} constraints; its 8 features are one public signal`)
  const season = await setSeason(bundle, covered)
  try {
    const { threshold } = season.terms
    say(`2. Oracle and insurance deployed; a probability of ${covered} (${threshold}) or more is paid`)
    const policies = await sellPolicies(season)
    say(`3. A pool of 100 ether, and two policies over ${ether(coverage)} each: reserved`)
    await season.passTo(season.terms.seasonEnd + 1)
    const claims = await attestSeason(season, bundle, source, policies)
    say('4. The season is over; the weather station has signed what both plots went through')
    const refusals = await decide(season, bundle, policies, claims, say)
    const [drought, goodYear] = await Promise.all(
      policies.map(({ policyId }) => policyStatus(season.chain, season, policyId)),
    )
    const paid = await settle(season, say)
    sayCosts(season.costs, say)
    return { drought: drought!, goodYear: goodYear!, paid, refusals }
  } finally {
    await season.close()
  }
}

export type Pair<T> = readonly [drought: T, goodYear: T]

/** Sells a policy to each farmer. */
export async function sellPolicies(season: Season): Promise<Pair<Policy>> {
  const { provider, farmers, spend } = season
  spend('put money in', await provide(provider, season, parseEther('100')))
  const sell = async (k: 0 | 1): Promise<Policy> => {
    const plot = keccak256(toHex(`plot ${k}, salt 7`))
    const { policyId, transaction } = await buyPolicy(farmers[k], season, { coverage, plot })
    spend('buy a policy', transaction)
    return { policyId, plot, holder: farmers[k] }
  }
  return [await sell(0), await sell(1)]
}

/** The station signs a season of the test data with a loss for the first plot, and one without for the second. */
export async function attestSeason(
  { chain, insurance, station, terms }: Season,
  bundle: Bundle,
  source: ModelSource,
  policies: Pair<Policy>,
): Promise<Pair<Claim>> {
  const { seasonStart, seasonEnd, claimsEnd: deadline } = terms
  const attest = async ({ policyId, plot }: Policy, isLoss: boolean): Promise<Claim> => {
    const input = packFeatures(bundle, findSeason(bundle, source, covered, isLoss))
    const policy = { policyId, plot, seasonStart, seasonEnd, input }
    const signature = await attestWeather(station, { chainId: chain.chainId, insurance, ...policy })
    return { policyId, input, signature, deadline, fee }
  }
  return [await attest(policies[0], true), await attest(policies[1], false)]
}

/** Both claims, proven and decided; @returns what attacks were refused with */
async function decide(
  season: Season,
  bundle: Bundle,
  [dry, wet]: Pair<Policy>,
  [drought, goodYear]: Pair<Claim>,
  say: Say,
): Promise<string[]> {
  const { prover, oracle, spend } = season
  const refusals: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    refusals.push(await tryTo(what, attempt, say))
  }
  const claimAs = ({ holder }: Policy, claim: Claim) => claimPolicy(holder, season, claim)
  await attack('weather that the station did not sign', () =>
    claimAs(wet, { ...goodYear, input: drought.input }),
  )
  await attack("another policy's weather", () => claimAs(wet, { ...drought, policyId: wet.policyId }))
  await attack("another farmer's policy", () => claimAs(wet, drought))

  say('5. Both farmers claim; a prover reads the features off the chain and proves what the model says')
  const first = await claimAs(dry, drought)
  spend('claim', first.transaction)
  const second = await claimAs(wet, goodYear)
  const dryProof = await proveRequest(season, bundle, first.requestId)
  const wetProof = await proveRequest(season, bundle, second.requestId)
  const [honest, other] = [dryProof.fulfilment, wetProof.fulfilment]
  const [input, score] = other.statement as [bigint, bigint]
  const forged = { ...other, statement: [input, score + BigInt(season.terms.threshold)] }
  await attack('a forged score', () => fulfilInference(prover, { oracle, fulfilment: forged }))
  const misplaced = { ...honest, requestId: second.requestId }
  await attack('the drought for the other policy', () =>
    fulfilInference(prover, { oracle, fulfilment: misplaced }),
  )
  spend('answer, paid', (await fulfilInference(prover, { oracle, fulfilment: honest })).transaction)
  await attack('the answer once more', () => fulfilInference(prover, { oracle, fulfilment: honest }))
  await attack('a second claim', () => claimAs(dry, drought))
  spend('answer, declined', (await fulfilInference(prover, { oracle, fulfilment: other })).transaction)
  say(`6. Drought: a probability of ${dryProof.probability.toFixed(2)} is paid`)
  say(`   Good year: a probability of ${wetProof.probability.toFixed(2)} is not`)
  return refusals
}

/** Everybody takes what is theirs; @returns what the first farmer holds */
async function settle(season: Season, say: Say): Promise<bigint> {
  const { chain, farmers, provider, spend } = season
  spend('collect', await collect(farmers[0], season))
  spend('leave the pool', await leave(provider, season))
  const paid = await balanceOf(chain, season, farmers[0].account.address)
  const left = await balanceOf(chain, season, provider.account.address)
  say(`7. The first farmer holds ${ether(paid)}; the provider leaves with ${ether(left)}`)
  return paid
}
