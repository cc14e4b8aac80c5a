import { firstRows } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Prover } from '#prover/prover.js'
import { askCurrent } from '#scripts/examples/governance/consumer.js'
import { buildVersions, type Versions } from '#scripts/examples/governance/models.js'
import {
  delays,
  type GovernedStage,
  publishCandidate,
  setGovernedStage,
} from '#scripts/examples/governance/stage.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import { tryTo } from '#scripts/examples/try-to.js'
import type { Candidate } from '#service/chain/family/content-hash.js'
import { deployFamily, objectTo } from '#service/chain/family/model-family.js'
import { advanceProposal, castVote, proposeCandidate } from '#service/chain/family/proposals.js'
import { readFamily } from '#service/chain/family/read-family.js'
import { readEvaluation } from '#service/chain/linked-evaluations.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import type { Say } from '#service/demo/options.js'
import { evaluateVersion, type RowsOfVersion, testSetOf } from '#service/family/evaluate-version.js'

/** Rows of the test set. */
const rows = 32

/** What became of the family. */
export interface GovernanceResult {
  /** Correct answers of the versions of four and eight bits, and of the spoiled one. */
  readonly correct: readonly [coarse: number, fine: number, spoiled: number]
  /** Versions that the oracle took as current: at first, after the vote, after the guardians. */
  readonly followed: readonly number[]
  /** The contracts' reasons, in the order of the attacks. */
  readonly refusals: readonly string[]
}

/**
 * A family's first version, a vote for a better one, consumers that follow, and guardians who take it back.
 *
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runGovernance(say: Say): Promise<GovernanceResult> {
  const versions = await buildVersions()
  const test = testSetOf(versions.fine, firstRows(versions.source.test, rows))
  const size = (bundle: Bundle) => bundle.manifest.constraints.total
  say(`1. breast-cancer: ${size(versions.coarse)} constraints at 4 bits, ${size(versions.fine)} at 8`)
  say(`   and a test set of ${rows} rows, committed as ${test.set.id.slice(0, 18)}…`)
  const stage = await setGovernedStage()
  const prover = createProver()
  try {
    return await govern(stage, versions, test, prover, say)
  } finally {
    await prover.close()
    await stage.stop()
  }
}

async function govern(
  stage: GovernedStage,
  versions: Versions,
  test: RowsOfVersion,
  prover: Prover,
  say: Say,
): Promise<GovernanceResult> {
  const { chain, costs, publisher, registry, evaluations, council, voters, guardians } = stage
  const { governor, timelock } = stage.government
  const { source, coarse, fine, spoiled } = versions
  const testSet = test.set.id
  /** Right answers of a version, proven on chain, and the gas of that. */
  const evaluate = async (bundle: Bundle, { modelId, version }: Candidate) => {
    const at = { evaluations, modelId, version }
    const { sent } = await evaluateVersion(publisher, at, bundle, test, { prover })
    const proven = await readEvaluation(chain, { ...at, testSet })
    if (proven === null) throw new ZkserveError('INTERNAL', 'the evaluation is not proven')
    return { correct: proven.correct, gas: sent.reduce((sum, { gasUsed }) => sum + gasUsed, 0n) }
  }
  const refusals: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    refusals.push(await tryTo(what, attempt, say))
  }

  const first = await publishCandidate(stage, coarse)
  const evaluatedFirst = await evaluate(coarse, first)
  costs.set(`evaluate ${rows} rows`, evaluatedFirst.gas)
  const rules = { testSet, rows, minimalCorrect: 1, allowedLoss: 0 }
  const parts = { registry, evaluations, timelock, council, rules, first }
  const { address: family, modelId, gasUsed } = await deployFamily(chain, parts)
  costs.set('deploy the family', gasUsed)
  say(`2. A family whose first version has 4 bits: ${evaluatedFirst.correct} of ${rows} rows, proven`)
  const followed = [await askCurrent(stage, modelId, { bundle: coarse, source, row: 0 }, prover)]

  const candidate = await publishCandidate(stage, fine)
  const proposal = { family, candidate, description: 'Eight bits instead of four' }
  say('3. Anyone publishes candidates; the family is the timelock’s alone')
  const onFamily = { ...registrationOf(fine, registry), modelId }
  await attack("its publisher on the family's model", () => registerModel(publisher, onFamily))
  await attack('a candidate without evaluation', () => proposeCandidate(voters[0], governor, proposal))
  const evaluatedFine = await evaluate(fine, candidate)
  const astray = await publishCandidate(stage, spoiled)
  const evaluatedAstray = await evaluate(spoiled, astray)
  await attack(`a candidate with ${evaluatedAstray.correct} of ${rows}`, () =>
    proposeCandidate(voters[0], governor, { ...proposal, candidate: astray }),
  )

  const proposed = await proposeCandidate(voters[0], governor, proposal)
  costs.set('propose', proposed.transaction.gasUsed)
  say(`4. Eight bits, ${evaluatedFine.correct} of ${rows} rows, proven: proposed, voted, queued, executed`)
  const { proposalId } = proposed
  await stage.pass(delays.votingDelay + 1)
  for (const voter of voters.slice(0, 2)) {
    costs.set('vote', (await castVote(voter, governor, { proposalId, choice: 'for' })).gasUsed)
  }
  await stage.pass(delays.votingPeriod)
  costs.set('queue', (await advanceProposal(voters[0], governor, 'queue', proposal)).gasUsed)
  await attack('execution before the delay', () => advanceProposal(voters[0], governor, 'execute', proposal))
  await stage.pass(delays.executionDelay)
  costs.set('execute', (await advanceProposal(voters[0], governor, 'execute', proposal)).gasUsed)
  await attack('execution once more', () => advanceProposal(voters[0], governor, 'execute', proposal))
  followed.push(await askCurrent(stage, modelId, { bundle: fine, source, row: 1 }, prover))
  say(`   who asks the oracle for the current version is answered by version ${followed[1]}`)

  const adopted = (await readFamily(chain, family)).current!
  const objection = { council, family, version: adopted }
  await attack('an objection by no guardian', () => objectTo(publisher, objection))
  await objectTo(guardians[0], objection)
  costs.set('deprecate', (await objectTo(guardians[1], objection)).gasUsed)
  followed.push(await askCurrent(stage, modelId, { bundle: coarse, source, row: 2 }, prover))
  say(`5. Two of three guardians deprecate it: 4 bits are current again, as version ${followed[2]}`)
  sayCosts(costs, say)
  return {
    correct: [evaluatedFirst.correct, evaluatedFine.correct, evaluatedAstray.correct],
    followed,
    refusals,
  }
}
