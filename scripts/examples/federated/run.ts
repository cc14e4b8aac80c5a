import type { RoundRules } from '#circuits/federated/rules.js'
import { buildRoundCircuit } from '#prover/federated/circuit.js'
import { commitWeights } from '#prover/federated/commitments.js'
import { drawSalt } from '#prover/inference/commitment.js'
import { attackCommitments, attackProof } from '#scripts/examples/federated/attacks.js'
import { Comparison, type OtherAccuracies } from '#scripts/examples/federated/comparison.js'
import { forfeitRound, settleUp } from '#scripts/examples/federated/ending.js'
import { accuracyOf, readRows, realWeights, shareRows } from '#scripts/examples/federated/learning.js'
import {
  type Conduct,
  type FederationState,
  finishRound,
  handOver,
  proofOf,
  startRound,
} from '#scripts/examples/federated/round.js'
import { setFederationStage } from '#scripts/examples/federated/stage.js'
import { readRound } from '#service/chain/federated/read-round.js'
import type { Say } from '#service/demo/options.js'
import { readProjectModel } from '#service/demo/project-models.js'
import type { RoundProof } from '#service/federated/rounds.js'

/** 30 features and a constant; units of 2^-10, clipped to ±1/16. */
const rules: RoundRules = { members: 5, size: 31, updateBits: 15, clipBits: 6, weightBits: 20 }
/** Of the 200 labelled rows; the rest tests. */
const trainingRows = 120

/** What the members do, round by round. */
const course: readonly (readonly Conduct[])[] = [
  ['honest', 'honest', 'honest', 'honest', 'honest'],
  ['honest', 'honest', 'honest', 'huge', 'honest'],
  ['honest', 'honest', 'honest', 'huge', 'vanishes'],
  ['honest', 'censored', 'honest', 'huge', 'malformed'],
  ['honest', 'honest', 'honest', 'huge', 'absent'],
  ['honest', 'honest', 'honest', 'huge', 'absent'],
]

/** Accuracies on the test rows after a round. */
export interface RoundAccuracy extends OtherAccuracies {
  /** Of the weights on chain. */
  readonly proven: number
}

export interface FederatedOutcome {
  readonly accuracies: readonly RoundAccuracy[]
  /** The contract's reasons, in the order of the attacks. */
  readonly refusals: readonly string[]
  /** How the round ended that the coordinator did not prove. */
  readonly last: string
  /** What members may withdraw in the end, by slot, in wei. */
  readonly credits: readonly bigint[]
  /** What they have left at stake, by slot, in wei. */
  readonly stakes: readonly bigint[]
}

/**
 * Six proven rounds of five clients who share the rows of breast-cancer, among them one who attacks, one who vanishes
 * and then sends a malformed update; and a round that the coordinator never proves.
 *
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runFederated(say: Say): Promise<FederatedOutcome> {
  const { train, test } = readRows(await readProjectModel('breast-cancer'), trainingRows)
  const shares = shareRows(train, rules.members)
  const circuit = await buildRoundCircuit(rules)
  const { size } = rules
  say(
    `1. Logistic regression of ${size} weights on breast-cancer: ${circuit.constraints} constraints a round`,
  )
  const benign = shares.map(
    ({ labels }) => `${labels.filter((label) => label === 1).length}/${labels.length}`,
  )
  say(
    `   five clients with rows of their own; benign of all: ${benign.join(' ')}; ${test.labels.length} rows test`,
  )
  const weights = { weights: Array<number>(size).fill(0), salt: drawSalt() }
  let state: FederationState = { weights, commitment: await commitWeights(rules, weights) }
  const stage = await setFederationStage(circuit, state.commitment)
  try {
    say('2. Circuit registered, rounds deployed, five stakes of 1 ether put in')
    const others = new Comparison(rules, shares, train, test)
    const accuracies: RoundAccuracy[] = []
    const refusals: string[] = []
    let before: RoundProof | null = null
    for (const [r, conducts] of course.entries()) {
      const open = await startRound(stage, state, shares, conducts)
      if (r === 1) refusals.push(...(await attackCommitments(stage, open, say)))
      await stage.passPeriods(1)
      await handOver(stage, state, open, conducts)
      const { committed, ready } = await readRound(stage.coordinator, { rounds: stage.rounds, ...open })
      if (ready.length < committed.length) await stage.passPeriods(1)
      const proof = await proofOf(stage, state, open, ready)
      if (r === 1) refusals.push(...(await attackProof(stage, state, open, proof, before!, say)))
      const finished = await finishRound(stage, open, proof)
      state = finished.state
      before = proof
      const proven = accuracyOf(realWeights(rules, state.weights.weights), test)
      accuracies.push({ proven, ...others.next(open, finished.round.ready) })
      say(`${r + 3}. Round ${r + 1} proven: ${conductsTold(conducts)}`)
      say(`   ${accuracyTold(accuracies.at(-1)!)}`)
    }
    const last = await forfeitRound(stage, state, shares, say)
    return { accuracies, refusals, last, ...(await settleUp(stage, say)) }
  } finally {
    await stage.close()
  }
}

const told: Readonly<Record<Conduct, string>> = {
  honest: 'honest',
  huge: 'sends a huge update',
  vanishes: 'vanishes after committing (dropped, pays the penalty)',
  malformed: 'sends a malformed update (slashed)',
  censored: 'is left out by the coordinator and reveals (included)',
  absent: 'absent',
}

function conductsTold(conducts: readonly Conduct[]): string {
  const odd = conducts.flatMap((conduct, slot) =>
    conduct === 'honest' ? [] : [`client ${slot + 1} ${told[conduct]}`],
  )
  return odd.length === 0 ? 'all honest' : odd.join('; ')
}

function accuracyTold({ proven, unclipped, honest, central }: RoundAccuracy): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`
  return [
    `accuracy ${percent(proven)}`,
    `without clipping ${percent(unclipped)}`,
    `had all been honest ${percent(honest)}`,
    `trained in one place ${percent(central)}`,
  ].join(', ')
}
