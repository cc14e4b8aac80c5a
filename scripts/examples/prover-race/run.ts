import { type Address, formatEther, parseEther } from 'viem'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { type ConsumerStage, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { packFeatures } from '#scripts/examples/crop-insurance/features.js'
import { tryTo } from '#scripts/examples/try-to.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { poolNonce } from '#service/chain/pool-nonce.js'
import { askPool, callPool, deployPool } from '#service/chain/prover-pool.js'
import { readCredit } from '#service/chain/read-credit.js'
import { readEpochNumber, readReputation } from '#service/chain/read-pool.js'
import { testRow } from '#service/demo/act.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'

const fee = parseEther('0.1')
const bond = parseEther('1')
const stakes = parseEther('5')
const fund = parseEther('2')
/** Seconds. */
const [window, epoch, unbonding] = [600, 86_400, 604_800] as const
const ether = (wei: bigint) => `${formatEther(wei)} ether`

/** What became of the race. */
export interface RaceResult {
  /** What prover, rival and asker may withdraw in the end, in wei. */
  readonly credits: readonly [prover: bigint, rival: bigint, asker: bigint]
  /** Answered and missed of the prover and of the rival. */
  readonly reputations: readonly (readonly [answered: number, missed: number])[]
  /** The contract's reasons, in the order of the attacks. */
  readonly refusals: readonly string[]
}

/**
 * Two requests: one that is taken, answered and rewarded, and one that is taken and missed.
 *
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runProverRace(say: Say): Promise<RaceResult> {
  const source = await readProjectModel('crop-risk')
  const bundle = await ensureBundle(source, undefined, 'public')
  say(`1. crop-risk: ${bundle.manifest.constraints.total} constraints, public inputs: any prover can answer`)
  const stage = await setConsumerStage(bundle, 4)
  try {
    const { address, gasUsed } = await deployPool(stage.chain, stage.verifier, { epoch, unbonding })
    stage.spend('deploy the pool', { gasUsed })
    const rows = [0, 1].map((row) => testRow(source, row))
    const inputs = rows.map((features) => packFeatures(bundle, features))
    return await race(stage, address, { rows, inputs }, say)
  } finally {
    await stage.close()
  }
}

async function race(
  stage: ConsumerStage,
  pool: Address,
  {
    rows,
    inputs,
  }: { readonly rows: readonly FloatTensor[]; readonly inputs: readonly (readonly bigint[])[] },
  say: Say,
): Promise<RaceResult> {
  const { chain, people, modelId, version, spend } = stage
  const [asker, prover, rival, sponsor] = [people[0]!, people[1]!, people[2]!, people[3]!] as const
  const addressOf = ({ account }: ChainWriter) => account.address
  const refusals: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    refusals.push(await tryTo(what, attempt, say))
  }
  const ask = async (which: number) => {
    const deadline = (await stage.now()) + 3600
    const question = { modelId, version, bond, window, deadline, input: inputs[which]! }
    return askPool(asker, pool, question, fee)
  }
  /** An answer as its payee proves it; whoever sends it. */
  const proveFor = async (which: number, requestId: bigint, payee: Address) => {
    const binding = { requester: pool, nonce: poolNonce(requestId, payee) }
    const { proof, statement } = await stage.prove(rows[which]!, binding)
    return [requestId, payee, proof, statement] as const
  }

  for (const who of [prover, rival]) spend('stake', await callPool(who, pool, 'stake', [], stakes))
  const sponsored = await readEpochNumber(chain, { pool })
  spend('sponsor', await callPool(sponsor, pool, 'sponsor', [addressOf(asker), sponsored], fund))
  say(`2. Two provers with ${ether(stakes)} each; a sponsor gives ${ether(fund)} for one asker's requests`)

  const first = await ask(0)
  spend('request', first.transaction)
  say(`3. A request: ${ether(fee)}, a bond of ${ether(bond)}, ${window / 60} minutes`)
  const tooEarly = await proveFor(0, first.requestId, addressOf(rival))
  await attack('an answer that nobody took', () => callPool(rival, pool, 'answer', tooEarly))
  spend('take', await callPool(prover, pool, 'take', [first.requestId]))
  await attack('taking it after another', () => callPool(rival, pool, 'take', [first.requestId]))
  await attack("the rival's own answer", () => callPool(rival, pool, 'answer', tooEarly))
  await attack('unbonding what is bonded', () => callPool(prover, pool, 'unbond', [stakes]))
  const answered = await proveFor(0, first.requestId, addressOf(prover))
  const [requestId, , proof, statement] = answered
  const stolen = [requestId, addressOf(rival), proof, statement] as const
  await attack('its proof in the name of the rival', () => callPool(rival, pool, 'answer', stolen))
  spend('answer', await callPool(rival, pool, 'answer', answered))
  say(
    `   the rival sends the prover's answer: the prover has ${ether(await readCredit(chain, { contract: pool, account: addressOf(prover) }))}`,
  )
  await attack('the answer once more', () => callPool(rival, pool, 'answer', answered))

  const second = await ask(1)
  await callPool(rival, pool, 'take', [second.requestId])
  await stage.pass(window + 1)
  const late = await proveFor(1, second.requestId, addressOf(prover))
  spend('answer after a miss', await callPool(prover, pool, 'answer', late))
  say(
    '4. The rival takes a request and lets its window pass: the prover answers, and the rival’s bond is the asker’s',
  )
  const missed = await readCredit(chain, { contract: pool, account: addressOf(asker) })
  say(`   ${ether(missed)} for the asker, who has its answer all the same`)
  await callPool(rival, pool, 'unbond', [stakes - bond])
  await attack('leaving with the rest at once', () => callPool(rival, pool, 'collect', []))

  await stage.pass(epoch)
  spend('claim', await callPool(prover, pool, 'claim', [addressOf(asker), sponsored]))
  await attack('a reward for the missed one', () =>
    callPool(rival, pool, 'claim', [addressOf(asker), sponsored]),
  )
  const credits = await Promise.all(
    [prover, rival, asker].map((who) => readCredit(chain, { contract: pool, account: addressOf(who) })),
  )
  say(`5. The epoch is over: the fund is the prover's, who has ${ether(credits[0]!)} now`)
  const reputations = await Promise.all(
    [prover, rival].map((who) =>
      readReputation(chain, { pool, prover: addressOf(who), asker: addressOf(asker) }),
    ),
  )
  stage.sayCosts(say)
  return {
    credits: [credits[0]!, credits[1]!, credits[2]!],
    reputations: reputations.map((known) => [known.answered, known.missed] as const),
    refusals,
  }
}
