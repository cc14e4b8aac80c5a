import { rm } from 'node:fs/promises'
import { type Address, formatEther, parseEther } from 'viem'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import type { Bundle } from '#prover/bundle/load.js'
import { buildEvaluator, type Evaluator } from '#prover/evaluation/build.js'
import { chunkOfRows, chunkWords, commitChunk } from '#prover/evaluation/chunk.js'
import type { Chunk } from '#prover/evaluation/prove.js'
import { drawSalt } from '#prover/inference/commitment.js'
import { type Contestant, countAll, makeContestant } from '#scripts/examples/arena/contestant.js'
import { buildFirst, commitRounded, temporaryFolder } from '#scripts/examples/arena/models.js'
import { type ConsumerStage, type Person, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { tryTo } from '#scripts/examples/try-to.js'
import {
  deployArena,
  enterContest,
  openContest,
  readRanking,
  scoreEntry,
  settleContest,
} from '#service/chain/arena.js'
import {
  type ChunkProof,
  deployEvaluations,
  proveCounts,
  publishEvaluator,
  publishLink,
  publishTestSet,
  revealChunk,
} from '#service/chain/linked-evaluations.js'
import { withdrawCredit } from '#service/chain/withdraw-credit.js'
import type { Say } from '#service/demo/options.js'
import { type ModelSource, readProjectModel } from '#service/demo/project-models.js'

const [rows, chunkCount] = [16, 3]
const [prize, stake] = [parseEther('10'), parseEther('1')]
const hour = 3_600

export interface ArenaResult {
  /** Names and right answers, best first. */
  readonly ranking: readonly (readonly [name: string, correct: number])[]
  /** What the winner took out, in wei. */
  readonly won: bigint
  readonly refusals: readonly string[]
}

/**
 * A contest of three versions of breast-cancer on rows that nobody saw before: two prove, one claims more than it can.
 * @throws ZkserveError `INTERNAL` where an attack is accepted
 */
export async function runArena(say: Say): Promise<ArenaResult> {
  const source = await readProjectModel('breast-cancer')
  const folder = await temporaryFolder()
  try {
    const first = await buildFirst(source, folder)
    const bundles = [
      first,
      await commitRounded(first, source, 0.25, folder),
      await commitRounded(first, source, 1, folder),
    ]
    const evaluator = await buildEvaluator(first, rows)
    say(`1. breast-cancer with hidden weights: ${first.manifest.constraints.total} constraints`)
    say(`   its evaluator, ${rows} rows and labels a proof: ${evaluator.constraints}`)
    const stage = await setConsumerStage(first, 4)
    try {
      return await contest(stage, source, bundles, evaluator, say)
    } finally {
      await stage.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function contest(
  stage: ConsumerStage,
  source: ModelSource,
  bundles: readonly Bundle[],
  evaluator: Evaluator,
  say: Say,
): Promise<ArenaResult> {
  const { chain, verifier } = stage
  const registry: Address = await chain.client.readContract({
    ...{ address: verifier, abi: inferenceVerifierAbi, functionName: 'registry' },
  })
  const [organiser, ...owners] = stage.people as [Person, Person, Person, Person]
  const { address: evaluations } = await deployEvaluations(chain, { verifier })
  const { address: arena } = await deployArena(chain, { evaluations })
  const refusals: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    refusals.push(await tryTo(what, attempt, say))
  }

  const published = await publishEvaluator(organiser, { evaluations, registry, evaluator })
  stage.spend('publish evaluator', published.transaction)
  const { evaluatorId } = published
  const evaluation = evaluationOf(bundles[0]!.model, rows)
  const chunks = Array.from({ length: chunkCount }, (_, k): Chunk => {
    return { integers: chunkOfRows(evaluation, source.test, k * rows), salt: drawSalt() }
  })
  const commitments = await Promise.all(
    chunks.map(({ integers, salt }) => commitChunk(evaluation, integers, salt)),
  )
  const { testSet } = await publishTestSet(organiser, { evaluations, evaluatorId, chunks: commitments })
  const entryCloses = (await stage.now()) + hour
  const times = { entryCloses, revealBy: entryCloses + hour, proveBy: entryCloses + 3 * hour }
  const opened = await openContest(organiser, {
    arena,
    prize,
    terms: { testSet, stake, ...times, shares: [7_000, 3_000] },
  })
  const { contestId } = opened
  stage.spend('open a contest', opened.transaction)
  say(
    `2. ${chunkCount * rows} rows are committed to, and 10 ether: seven parts for the first, three for the second`,
  )

  const names = ['Ann, as trained', 'Ben, rounded to quarters', 'Eve, rounded to ones']
  const contestants: Contestant[] = []
  for (const [k, name] of names.entries()) {
    const contestant = await makeContestant(name, owners[k]!, bundles[k]!, { registry, evaluator })
    const { modelId, version } = contestant
    const entered = await enterContest(owners[k]!, { arena, contestId, modelId, version, stake })
    stage.spend('enter', entered.transaction)
    contestants.push(contestant)
  }
  const [ann, ben, eve] = contestants as [Contestant, Contestant, Contestant]
  say('3. Three versions are entered, their weights hidden and fixed')

  const words = chunks.map(({ integers }) => chunkWords(evaluation, integers))
  const openingOf = (chunk: number) => ({
    evaluations,
    testSet,
    chunk,
    salt: chunks[chunk]!.salt,
    words: words[chunk]!,
  })
  await stage.pass(hour)
  await attack('entering once the rows may be known', () =>
    enterContest(eve.person, { arena, contestId, modelId: eve.modelId, version: 1, stake }),
  )
  await attack('revealing easier rows', () => revealChunk(organiser, { ...openingOf(0), words: words[1]! }))
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    stage.spend(`reveal ${rows} rows`, await revealChunk(organiser, openingOf(chunk)))
  }
  say('4. Entries are closed, and the rows revealed on chain')

  const course = { verifier, evaluations, testSet }
  const link = async ({ person, modelId, version, linked }: Contestant, as = linked) => {
    const linking = await publishLink(person, { evaluations, evaluatorId, modelId, version, linked: as })
    stage.spend('link', linking.transaction)
    return linking.evaluation
  }
  const prove = async ({ person }: Contestant, number: number, proofs: readonly ChunkProof[]) =>
    stage.spend(
      `prove ${chunkCount} chunks`,
      await proveCounts(person, { evaluations, testSet, evaluation: number, proofs }),
    )
  const annProofs = await countAll(ann, course, chunks)
  const eveProofs = await countAll(eve, course, chunks)
  const total = (proofs: readonly ChunkProof[]) => proofs.reduce((sum, { correct }) => sum + correct, 0)
  say(
    `5. Eve's model is right in ${total(eveProofs)} of ${chunkCount * rows} rows, Ann's in ${total(annProofs)}; Eve wants more`,
  )
  const eveNumber = await link(eve)
  const better = eveProofs.map((proof) => ({ ...proof, correct: rows }))
  await attack('a higher count', () => prove(eve, eveNumber, better))
  await attack("Ann's proofs for Eve's model", () => prove(eve, eveNumber, annProofs))
  await attack("Ann's weights linked to Eve's model", () => link(eve, ann.linked))
  await attack('a place without a proof', () => scoreEntry(eve.person, { arena, contestId, entryId: 2n }))

  await prove(ann, await link(ann), annProofs)
  await prove(ben, await link(ben), await countAll(ben, course, chunks))
  for (const entryId of [0n, 1n])
    stage.spend('score', await scoreEntry(organiser, { arena, contestId, entryId }))
  await attack('a second place for the same model', () =>
    scoreEntry(ann.person, { arena, contestId, entryId: 0n }),
  )
  await stage.pass(3 * hour)
  stage.spend('settle', await settleContest(organiser, { arena, contestId }))
  await attack('settling twice', () => settleContest(organiser, { arena, contestId }))
  const ranking = (await readRanking(chain, { arena, contestId })).map(
    ({ entryId, correct }) => [contestants[Number(entryId)]!.name, correct] as const,
  )
  const winner = contestants.find(({ name }) => name === ranking[0]![0])!
  const won = await withdrawn(winner, arena, stage)
  await attack('withdrawing with nothing won', () => withdrawCredit(eve.person, { contract: arena }))
  say('6. The ranking, proven')
  ranking.forEach(([name, correct], place) => {
    say(`   ${place + 1}. ${name.padEnd(28)}${correct} of ${chunkCount * rows}`)
  })
  say(`   ${winner.name.split(',')[0]} took out ${formatEther(won)} ether, Eve's stake among it`)
  stage.sayCosts(say)
  return { ranking, won, refusals }
}

/** Takes out what a contestant has earned. @returns wei */
async function withdrawn({ person }: Contestant, arena: Address, stage: ConsumerStage): Promise<bigint> {
  const { amount, transaction } = await withdrawCredit(person, { contract: arena })
  stage.spend('withdraw', transaction)
  return amount
}
