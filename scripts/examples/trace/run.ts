import { stringToHex } from 'viem'
import type { Person } from '#scripts/examples/consumer-stage.js'
import { ensureColdChainBundle, stateOf } from '#scripts/examples/trace/model.js'
import { hours, type Place, setTraceStage, type TraceStage } from '#scripts/examples/trace/stage.js'
import { tryTo } from '#scripts/examples/try-to.js'
import { type Readings, stateUnit } from '#scripts/models/cold-chain/readings.js'
import {
  acceptLot,
  appendStep,
  appendSteps,
  deliverLot,
  offerLot,
  readLot,
  recallLot,
  type TraceStep,
} from '#service/chain/trace/lot-trace.js'
import { stepHash } from '#service/chain/trace/trace-hash.js'
import { type TraceVerification, verifyTrace } from '#service/chain/trace/verify-trace.js'
import type { Say } from '#service/demo/options.js'
import { readProjectModel } from '#service/demo/project-models.js'

export interface TraceResult {
  /** How the two lots ended. */
  readonly statuses: readonly string[]
  readonly refusals: readonly string[]
  /** What an independent reading of the chain says of both. */
  readonly verified: readonly TraceVerification[]
}

const read = (bands: readonly number[], openings: number, dry: number): Readings => ({ bands, openings, dry })
const packed = read([40, 0, 0, 0, 0, 0], 1, 2)
const driven = read([60, 30, 6, 0, 0, 0], 3, 10)
const ramp = read([0, 2, 3, 3, 0, 0], 4, 4)
const shelf = read([20, 12, 0, 0, 0, 0], 2, 3)
const broken = read([0, 4, 6, 10, 30, 150], 0, 80)

/**
 * A lot of fish from maker to carrier to shop, and one whose cooling fails.
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runTrace(say: Say): Promise<TraceResult> {
  const bundle = await ensureColdChainBundle(await readProjectModel('cold-chain'))
  const { total } = bundle.manifest.constraints
  say(`1. cold-chain: ${total} constraints; state, readings and new state are public, of 16, 64 and 16 bits`)
  const stage = await setTraceStage(bundle)
  try {
    const [maker, carrier, shop, thief] = stage.people as [Person, Person, Person, Person]
    const { contract } = stage
    const refusals: string[] = []
    const attack = async (what: string, attempt: () => Promise<unknown>) => {
      refusals.push(await tryTo(what, attempt, say))
    }
    const append = async (who: Person, lotId: bigint, step: TraceStep) => {
      await passTo(stage, step.until)
      stage.spend('append', await appendStep(who, contract, lotId, step))
    }
    const handOver = async (from: Person, to: Person, lotId: bigint) => {
      stage.spend('offer', await offerLot(from, contract, lotId, to.account.address))
      const { head } = await stage.placeOf(lotId)
      stage.spend('accept', await acceptLot(to, contract, lotId, head))
    }

    const lot = await stage.openLot()
    const opened = await stage.placeOf(lot)
    say(`2. The maker opens a lot of salmon: ${inHours(opened.state)} of shelf life at 0 °C`)
    const first = await stage.step(lot, opened, packed)
    await append(maker, lot, first)
    const atMaker = await stage.placeOf(lot)
    say(`   10 hours in the cold store, proven: ${inHours(atMaker.state)} left`)
    await attack('the same step once more', () => appendStep(maker, contract, lot, first))
    await attack('a lot that was not offered', () => acceptLot(thief, contract, lot, atMaker.head))
    await handOver(maker, carrier, lot)

    say('3. A carrier accepts it at this head, and drives for a day')
    const second = await stage.step(lot, atMaker, driven)
    await passTo(stage, second.until)
    await attack('handing over untraced hours', () => offerLot(carrier, contract, lot, shop.account.address))
    const fresh = await stage.step(lot, { ...atMaker, state: stateOf(hours.packed) }, driven)
    await attack('a proof from the first state', () => appendStep(carrier, contract, lot, fresh))
    const colder = await stage.step(lot, atMaker, read([96, 0, 0, 0, 0, 0], 0, 0))
    const invented = { ...colder, signature: second.signature }
    await attack('readings that nobody signed', () => appendStep(carrier, contract, lot, invented))
    const forged = { ...second, inference: { ...second.inference, statement: milder(second) } }
    await attack('a better state', () => appendStep(carrier, contract, lot, forged))
    await attack('the call, copied by a thief', () => appendStep(thief, contract, lot, second))
    await append(carrier, lot, second)
    await attack('another step after the same one', () => appendStep(carrier, contract, lot, colder))
    const atCarrier = await stage.placeOf(lot)
    say(`   ${inHours(atCarrier.state)} left`)
    await handOver(carrier, shop, lot)

    const third = await stage.step(lot, atCarrier, ramp)
    const fourth = await stage.step(lot, placeAfter(stage, shop, atCarrier, third), shelf)
    await passTo(stage, fourth.until)
    await attack('two steps in the wrong order', () => appendSteps(shop, contract, lot, [fourth, third]))
    stage.spend('appendBatch of 2', await appendSteps(shop, contract, lot, [third, fourth]))
    stage.spend('deliver', await deliverLot(shop, contract, lot))
    const end = await stage.placeOf(lot)
    say(`4. The shop proves two steps at once and takes delivery: ${inHours(end.state)} left`)
    await attack('a step after delivery', () => appendStep(shop, contract, lot, fourth))

    const other = await stage.openLot()
    const otherOpened = await stage.placeOf(other)
    await attack("the first lot's step", () => appendStep(maker, contract, other, first))
    await append(maker, other, await stage.step(other, otherOpened, broken))
    say('5. Cooling fails around a second lot: proven, and spoiled for good')
    await attack('delivering it', () => deliverLot(maker, contract, other))
    stage.spend('recall', await recallLot(maker, contract, other, stringToHex('cooling', { size: 32 })))

    const verified: TraceVerification[] = []
    for (const lotId of [lot, other]) {
      const found = await verifyTrace(stage.chain, { contract, lotId }, bundle.dir)
      const count = (result: string) => found.checks.filter((check) => check.result === result).length
      say(`6. Lot ${lotId} read back: ${count('holds')} checks hold, ${count('differs')} differ`)
      verified.push(found)
    }
    stage.sayCosts(say)
    const lots = await Promise.all([lot, other].map((lotId) => readLot(stage.chain, contract, lotId)))
    return { statuses: lots.map(({ status }) => status), refusals, verified }
  } finally {
    await stage.close()
  }
}

/** Where a lot will stand after a step that its custodian has not sent yet. */
function placeAfter({ logger }: TraceStage, { account }: Person, { head }: Place, step: TraceStep): Place {
  const statement = step.inference.statement as [bigint, bigint, bigint]
  const content = { custodian: account.address, logger: logger.address, until: step.until, statement }
  return { head: stepHash(head, content), state: Number(statement[2]), until: step.until }
}

/** The statement with an hour more of shelf life. */
function milder({ inference }: TraceStep): bigint[] {
  const [before, readings, state] = inference.statement as [bigint, bigint, bigint]
  return [before, readings, state + BigInt(stateOf(1))]
}

/** Moves the chain's clock to a time, if it is not there yet. */
async function passTo(stage: TraceStage, time: number): Promise<void> {
  const left = time - (await stage.now())
  if (left > 0) await stage.pass(left)
}

function inHours(state: number): string {
  return `${(state * stateUnit).toFixed(1)} h`
}
