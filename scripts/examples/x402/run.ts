/** An agent buys proven answers: it signs, and the service is paid for what it proves and for nothing else. */
import { formatUnits } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import { showAttacks } from '#scripts/examples/x402/attacks.js'
import { jobsOf, order, requiredFor } from '#scripts/examples/x402/order.js'
import { type PaidStage, setPaidStage } from '#scripts/examples/x402/stage.js'
import { ZkserveClient } from '#service/client/client.js'
import { signPayment } from '#service/client/payment.js'
import { type TrustedModel, verifyAnswer } from '#service/client/trusted-model.js'
import { testRow } from '#service/demo/act.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'
import type { SettleResponse } from '#service/payments/x402.js'
import { decodeHeader } from '#service/payments/x402-headers.js'

/** What became of the example, for its test. */
export interface PaidExample {
  /** Millionths of a token that the owner earned. */
  readonly earned: bigint
  /** Answers that were paid for. */
  readonly answers: number
  /** Codes that attacks were refused with. */
  readonly refusals: readonly string[]
}

/** Runs the example on a chain of its own. @throws ZkserveError where something else happens than should */
export async function runPaidExample(say: Say): Promise<PaidExample> {
  const source = await readProjectModel('crop-risk')
  say('The bundle of crop-risk is built where it is missing, which takes some seconds.')
  const bundle = await ensureBundle(source)
  const stage = await setPaidStage(bundle)
  try {
    const input = Array.from(testRow(source, 0).data)
    const price = await buyOne(stage, bundle, input, say)
    const wholesale = await buyBatch(stage, input, say)
    const refusals = await showAttacks(stage, input, price, say)
    const earned = await stage.balanceOf(stage.owner)
    if (earned !== price + wholesale)
      throw new ZkserveError('INTERNAL', `${earned} was earned, not what four answers cost`)
    say(`\nFour answers were proven and ${tokens(earned)} paid; the agent never had any ether.`)
    return { earned, answers: 4, refusals }
  } finally {
    await stage.close()
  }
}

/** @returns the price of one answer */
async function buyOne(stage: PaidStage, bundle: Bundle, input: number[], say: Say): Promise<bigint> {
  const { url, agent, token, network, chain, owner } = stage
  say('\n1. The agent asks without paying.')
  const [offer] = (await requiredFor(url, { input })).accepts
  const price = BigInt(offer!.amount)
  say(`   402: ${tokens(price)} to ${owner.slice(0, 8)}…, on ${network}, by the scheme ${offer!.scheme}`)

  say('\n2. It may spend 0.05 tokens on an answer: it signs, and gets the answer with its proof.')
  const client = new ZkserveClient({ url })
  const payment = { account: agent, maxAmount: 50_000n, asset: token, network, payTo: owner }
  const { job } = await client.submit({ input }, { payment })
  say('   202: the answer is withheld until the proof is made and paid')
  const answer = await client.jobs.result(job.id)
  const { transaction } = await settlementOf(url, job.id)
  const { gasUsed } = await chain.client.getTransactionReceipt({ hash: transaction as `0x${string}` })
  say(`   settled by ${transaction.slice(0, 10)}…: ${gasUsed} gas, paid by the facilitator`)
  const trusted: TrustedModel = { manifest: bundle.manifest, verificationKey: bundle.verificationKey }
  const { valid, reason } = await verifyAnswer(trusted, answer, { input })
  if (!valid) throw new ZkserveError('PROOF_REJECTED', reason ?? 'the proof does not hold')
  say(`   the proof holds, of this model and this input`)
  return price
}

/** @returns the price of all */
async function buyBatch(
  { url, agent, token, network }: PaidStage,
  input: number[],
  say: Say,
): Promise<bigint> {
  say('\n3. Three inputs at once are one payment.')
  const batch = [input, input, input]
  const payment = { account: agent, maxAmount: 150_000n, asset: token, network }
  const required = await requiredFor(url, { batch })
  const signed = await signPayment(required, payment)
  const ids = await jobsOf(await order(url, { batch }, signed))
  const client = new ZkserveClient({ url })
  for (const id of ids) await client.jobs.result(id)
  const { transaction } = await settlementOf(url, ids[0]!)
  const price = BigInt(required.accepts[0]!.amount)
  say(`   ${ids.length} proofs for ${tokens(price)}, settled together by ${transaction.slice(0, 10)}…`)
  return price
}

async function settlementOf(url: string, job: string): Promise<SettleResponse> {
  const reply = await fetch(`${url}/jobs/${job}`)
  return decodeHeader(reply.headers.get('payment-response') ?? '') as SettleResponse
}

function tokens(amount: bigint): string {
  return `${formatUnits(amount, 6)} EXD`
}
