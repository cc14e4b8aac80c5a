import { formatEther, parseEther, zeroAddress } from 'viem'
import { ensureLanesBundle, unpackLanes } from '#scripts/examples/byte-lanes.js'
import { type ConsumerStage, type Person, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import {
  confirmPayment,
  deployPayments,
  openAccount,
  payFrom,
  paymentStatus,
  readFeatures,
  setSpender,
  settlePayment,
  takeBackPayment,
} from '#scripts/examples/fraud-guard/contracts.js'
import { featureCount, suspicious } from '#scripts/examples/fraud-guard/model.js'
import { tryTo } from '#scripts/examples/try-to.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { withdrawCredit } from '#service/chain/withdraw-credit.js'
import type { Say } from '#service/demo/options.js'
import { readProjectModel } from '#service/demo/project-models.js'

const [day, hours] = [86_400, 3_600]
const unit = parseEther('0.00001')
const usual = parseEther('0.05')
const robbery = parseEther('2')

export interface FraudGuardResult {
  /** How the payments ended, in their order. */
  readonly statuses: readonly string[]
  readonly refusals: readonly string[]
}

/**
 * An account that pays a shop as always, and is robbed by a thief with the spender's key.
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runFraudGuard(say: Say): Promise<FraudGuardResult> {
  const source = await readProjectModel('fraud-risk')
  const bundle = await ensureLanesBundle(source)
  const { constraints } = bundle.manifest
  say(`1. fraud-risk: ${constraints.total} constraints; the 8 features are one public signal`)
  const stage = await setConsumerStage(bundle, 4)
  try {
    const [owner, spender, shop, thief] = stage.people as [Person, Person, Person, Person]
    const threshold = thresholdOf(bundle, suspicious)
    const terms = { ...stage, threshold, delay: 3 * day, unit }
    const { address: payments, gasUsed } = await deployPayments(stage.chain, terms)
    stage.spend('deploy GuardedPayments', { gasUsed })
    await passToTen(stage)
    const key = spender.account.address
    stage.spend('open', await openAccount(owner, payments, key, parseEther('10')))
    const pay = async (to: Person, amount: bigint) => {
      const payment = { owner: owner.account.address, payee: to.account.address, amount }
      const { paymentId, transaction } = await payFrom(spender, payments, payment)
      stage.spend('pay', transaction)
      return paymentId
    }
    const prove = async (paymentId: bigint): Promise<Inference> => {
      const word = await readFeatures(stage.chain, payments, paymentId)
      return stage.prove(unpackLanes(word, featureCount), { requester: payments, nonce: paymentId })
    }
    const refusals: string[] = []
    const attack = async (what: string, attempt: () => Promise<unknown>) => {
      refusals.push(await tryTo(what, attempt, say))
    }

    await stage.pass(30 * day)
    const first = await pay(shop, usual)
    stage.spend('confirm', await confirmPayment(owner, payments, first))
    say(
      `2. An account of 10 ether; the owner confirms a first payment of ${formatEther(usual)} ether to a shop`,
    )
    await stage.pass(10 * day)
    const second = await pay(shop, usual)
    const proven = await prove(second)
    stage.spend('settle, released', await settlePayment(shop, payments, proven))
    say(
      `3. Ten days later the same again: the shop proves a score of ${proven.statement[1]}, below ${threshold}`,
    )
    await attack('the proof once more', () => settlePayment(shop, payments, proven))

    await stage.pass(4 * hours)
    const third = await pay(shop, usual)
    const early = await prove(third)
    await stage.pass(600)
    const stolen = await pay(thief, robbery)
    say(`4. A thief has the spender's key, and pays himself ${formatEther(robbery)} ether`)
    await attack('a proof from before that', () => settlePayment(shop, payments, early))
    await attack("the shop's proof for his payment", () =>
      settlePayment(thief, payments, { ...early, nonce: stolen }),
    )
    const score = await prove(stolen)
    const lower = { ...score, statement: [score.statement[0]!, 0n] }
    await attack('a lower score', () => settlePayment(thief, payments, lower))
    const smaller = await stage.prove(unpackLanes(early.statement[0]!, featureCount), {
      requester: payments,
      nonce: stolen,
    })
    await attack('a proof about smaller features', () => settlePayment(thief, payments, smaller))
    await attack('his own confirmation', () => confirmPayment(spender, payments, stolen))
    stage.spend('settle, held', await settlePayment(shop, payments, score))
    say(`   anyone proves a score of ${score.statement[1]}: the payment is held`)

    stage.spend('takeBack', await takeBackPayment(owner, payments, stolen))
    stage.spend('setSpender', await setSpender(owner, payments, zeroAddress))
    await attack('another payment with the key', () => pay(thief, 1n))
    await confirmPayment(owner, payments, third)
    stage.spend('withdraw', (await withdrawCredit(shop, { contract: payments })).transaction)
    await attack('the thief withdraws', () => withdrawCredit(thief, { contract: payments }))
    say('5. The owner took it back, stopped the key and confirmed what was paid to the shop')
    stage.sayCosts(say)
    const ids = [first, second, third, stolen]
    const statuses = await Promise.all(ids.map((id) => paymentStatus(stage.chain, payments, id)))
    return { statuses, refusals }
  } finally {
    await stage.close()
  }
}

/** To the next ten o'clock: the hour is a feature. */
async function passToTen(stage: ConsumerStage): Promise<void> {
  const into = ((await stage.now()) - 10 * hours) % day
  await stage.pass(day - into)
}
