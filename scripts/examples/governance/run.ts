import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Prover } from '#prover/prover.js'
import { askCurrent } from '#scripts/examples/governance/consumer.js'
import {
  advance,
  type Candidate,
  currentVersion,
  deployFamily,
  objectTo,
  proposeCandidate,
  terms,
  voteFor,
} from '#scripts/examples/governance/contracts.js'
import { evaluateOn } from '#scripts/examples/governance/evaluation.js'
import { buildVersions, testSetOf, type Versions } from '#scripts/examples/governance/models.js'
import { type GovernedStage, publishCandidate, setGovernedStage } from '#scripts/examples/governance/stage.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import { tryTo } from '#scripts/examples/try-to.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import type { TestSet } from '#service/chain/test-set.js'
import type { Say } from '#service/demo/options.js'

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
  const set = testSetOf(versions, rows)
  const size = (bundle: Bundle) => bundle.manifest.constraints.total
  say(`1. breast-cancer: ${size(versions.coarse)} constraints at 4 bits, ${size(versions.fine)} at 8`)
  say(`   and a test set of ${rows} rows, committed as ${set.id.slice(0, 18)}…`)
  const stage = await setGovernedStage()
  const prover = createProver()
  try {
    return await govern(stage, versions, { set, rows }, prover, say)
  } finally {
    await prover.close()
    await stage.stop()
  }
}

async function govern(
  stage: GovernedStage,
  versions: Versions,
  test: { readonly set: TestSet; readonly rows: number },
  prover: Prover,
  say: Say,
): Promise<GovernanceResult> {
  const { chain, costs, publisher, registry, evaluations, government, council, voters, guardians } = stage
  const { source, coarse, fine, spoiled } = versions
  const evaluate = (bundle: Bundle, of: Candidate) =>
    evaluateOn(stage, { source, ...test }, bundle, of, prover)
  const refusals: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    refusals.push(await tryTo(what, attempt, say))
  }

  const first = await publishCandidate(stage, coarse)
  const evaluatedFirst = await evaluate(coarse, first)
  costs.set(`evaluate ${test.rows} rows`, evaluatedFirst.gas)
  const rules = { testSet: test.set.id, rows: test.rows, minimalCorrect: 1, allowedLoss: 0 }
  const parts = { registry, evaluations, timelock: government.timelock, council, rules, first }
  const { address: family, modelId, gasUsed } = await deployFamily(chain, parts)
  costs.set('deploy the family', gasUsed)
  say(`2. A family whose first version has 4 bits: ${evaluatedFirst.correct} of ${test.rows} rows, proven`)
  const followed = [await askCurrent(stage, modelId, { bundle: coarse, source, row: 0 }, prover)]

  const candidate = await publishCandidate(stage, fine)
  const proposal = { family, candidate, description: 'Eight bits instead of four' }
  say('3. Anyone publishes candidates; the family is the timelock’s alone')
  const onFamily = { ...registrationOf(fine, registry), modelId }
  await attack("its publisher on the family's model", () => registerModel(publisher, onFamily))
  await attack('a candidate without evaluation', () => proposeCandidate(voters[0], government, proposal))
  const evaluatedFine = await evaluate(fine, candidate)
  const astray = await publishCandidate(stage, spoiled)
  const evaluatedAstray = await evaluate(spoiled, astray)
  await attack(`a candidate with ${evaluatedAstray.correct} of ${test.rows}`, () =>
    proposeCandidate(voters[0], government, { ...proposal, candidate: astray }),
  )

  const proposed = await proposeCandidate(voters[0], government, proposal)
  costs.set('propose', proposed.transaction.gasUsed)
  say(
    `4. Eight bits, ${evaluatedFine.correct} of ${test.rows} rows, proven: proposed, voted, queued, executed`,
  )
  await stage.pass(terms.votingDelay + 1)
  for (const voter of voters.slice(0, 2)) {
    costs.set('vote', (await voteFor(voter, government, proposed.proposalId)).gasUsed)
  }
  await stage.pass(terms.votingPeriod)
  costs.set('queue', (await advance(voters[0], government, 'queue', proposal)).gasUsed)
  await attack('execution before the delay', () => advance(voters[0], government, 'execute', proposal))
  await stage.pass(terms.executionDelay)
  costs.set('execute', (await advance(voters[0], government, 'execute', proposal)).gasUsed)
  await attack('execution once more', () => advance(voters[0], government, 'execute', proposal))
  followed.push(await askCurrent(stage, modelId, { bundle: fine, source, row: 1 }, prover))
  say(`   who asks the oracle for the current version is answered by version ${followed[1]}`)

  const adopted = await currentVersion(chain, family)
  await attack('an objection by no guardian', () => objectTo(publisher, council, family, adopted))
  await objectTo(guardians[0], council, family, adopted)
  costs.set('deprecate', (await objectTo(guardians[1], council, family, adopted)).gasUsed)
  followed.push(await askCurrent(stage, modelId, { bundle: coarse, source, row: 2 }, prover))
  say(`5. Two of three guardians deprecate it: 4 bits are current again, as version ${followed[2]}`)
  sayCosts(costs, say)
  return {
    correct: [evaluatedFirst.correct, evaluatedFine.correct, evaluatedAstray.correct],
    followed,
    refusals,
  }
}
