import type { Bundle } from '#prover/bundle/load.js'
import { askTool } from '#scripts/examples/agents/ask-tool.js'
import { tryToCheat } from '#scripts/examples/agents/attacks.js'
import { type Market, setMarket } from '#scripts/examples/agents/stage.js'
import { findSeason } from '#scripts/examples/crop-insurance/features.js'
import { transferTokens } from '#scripts/examples/transfer-tokens.js'
import { Buyer, type Order } from '#service/agents/buyer.js'
import { discoverModel, type FoundModel } from '#service/agents/discover.js'
import { readJob } from '#service/agents/jobs.js'
import { Seller, type SoldModel } from '#service/agents/seller.js'
import { createSellerApp } from '#service/agents/seller-app.js'
import { sendOrder } from '#service/agents/send-order.js'
import { ZkserveClient } from '#service/client/client.js'
import { trustModel } from '#service/client/trusted-model.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, type ModelSource, readProjectModel } from '#service/demo/project-models.js'

const dollars = (amount: bigint) => `${Number(amount) / 1e6} USDX`
const price = 2_000_000n
const hedge = 10_000_000n
/** Probability of a loss from which on the buyer hedges. */
const risky = 0.5

export const buyerPolicy = { budget: 25_000_000n, mostPerJob: 3_000_000n, patience: 3600, validations: 1 }

/** What became of the market. */
export interface MarketResult {
  /** Probabilities of a loss that were sold, and whether the buyer hedged. */
  readonly answers: readonly { readonly probability: number; readonly hedged: boolean }[]
  /** What an assistant was told of the first field. */
  readonly asked: number
  readonly sellerEarned: bigint
  readonly cheatEarned: bigint
  readonly buyerSpent: bigint
  /** Reasons in the order of the attacks. */
  readonly refusals: readonly string[]
}

/**
 * A buyer agent finds a seller agent on chain, buys two proven answers and acts on them; a cheat gets nothing.
 *
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runAgents(say: Say): Promise<MarketResult> {
  const source = await readProjectModel('crop-risk')
  const bundle = await ensureBundle(source)
  const otherSource = await readProjectModel('breast-cancer')
  const other = await ensureBundle(otherSource)
  const market = await setMarket([bundle, other])
  const { chain, contracts, agents } = market
  const model = soldModel(market, bundle)
  const seller = new Seller(market.seller, contracts, { price, leastTime: 60 }, model)
  const sellerApp = createSellerApp(seller, { logLevel: 'warn' })
  try {
    await sellerApp.listen({ host: '127.0.0.1', port: market.ordersPort })
    say(`1. A seller's agent ${agents.seller} is registered; its card is at ${market.url}`)
    await earnValidation(seller, market, { bundle, source }, say)

    const wanted = { agentId: agents.seller, model: 'crop-risk', allowHttp: true }
    const found = await discoverModel(chain, contracts, wanted)
    const { name, modelId, version, vkHash } = found.model
    say(
      `3. The buyer finds ${name}: registered as ${modelId}:${version}, and its key ${vkHash.slice(0, 10)}…`,
    )
    say('   is the one that the service shows; orders go where its card says, by HTTP')
    const buyer = new Buyer(market.buyer, contracts, buyerPolicy)
    say(`4. It may spend ${dollars(buyerPolicy.budget)} in all and escrows ${dollars(price)} for each answer`)
    const shop = { market, buyer, found, say }
    const droughts = [findSeason(bundle, source, risky, true), findSeason(bundle, source, risky, false)]
    const answers = []
    const orders: Order[] = []
    for (const [k, features] of droughts.entries()) {
      const { order, probability } = await buy(shop, Array.from(features.data), `field ${k + 1}`)
      orders.push(order)
      answers.push({ probability, hedged: await act(shop, probability) })
    }
    const { tools, outputs } = await askTool(found, Array.from(droughts[0]!.data))
    const asked = Object.values(outputs)[0]![0]!
    say(`5. An assistant finds the tools ${tools.join(', ')} at the MCP endpoint of the same card`)
    say(`   It asks about field 1: ${asked.toFixed(2)}, with a proof that it checked`)
    say('6. A cheat')
    const rows = { features: Array.from(droughts[0]!.data), otherSource, otherKey: other.manifest.vkHash }
    const refusals = await tryToCheat({ market, model, seller, buyer, orders, say }, rows)
    const sellerEarned = await market.balanceOf(market.seller)
    const cheatEarned = await market.balanceOf(market.cheat)
    const buyerSpent = buyer.purse.spent
    say(`7. The seller earned ${dollars(sellerEarned)}, the cheat ${dollars(cheatEarned)}`)
    say(`   The buyer spent ${dollars(buyerSpent)} of ${dollars(buyerPolicy.budget)}; nothing is held`)
    return { answers, asked, sellerEarned, cheatEarned, buyerSpent, refusals }
  } finally {
    await sellerApp.close()
    await market.close()
  }
}

interface Shop {
  readonly market: Market
  readonly buyer: Buyer
  readonly found: FoundModel
  readonly say: Say
}

/** What the seller sells: it knows its model from its own bundle. */
function soldModel({ url, registered }: Market, { manifest, verificationKey }: Bundle): SoldModel {
  const { modelId, version } = registered[0]!
  const trusted = trustModel(manifest.vkHash, manifest, verificationKey)
  return { modelId, version, trusted, service: new ZkserveClient({ url }) }
}

/** The seller proves once, to a validator that answers proofs alone, that it holds the model. */
async function earnValidation(
  seller: Seller,
  { agents, contracts }: Market,
  { bundle, source }: { readonly bundle: Bundle; readonly source: ModelSource },
  say: Say,
): Promise<void> {
  const { data } = findSeason(bundle, source, risky, true)
  const question = { input: Array.from(data), salt: 1n }
  const bearer = { requester: contracts.validator, nonce: 0n }
  const { inference } = await seller.prove(question, bearer)
  const { responded } = await seller.validate(agents.seller, question, inference.statement)
  say(`2. A proof is its first validation: 100 of 100 (${responded.gasUsed} gas)`)
}

/** One answer: escrow, proof, payment, checked by the buyer. */
async function buy({ market, buyer, found, say }: Shop, input: readonly number[], brief: string) {
  const order = await buyer.order(found, input, price, brief)
  const { jobId, salt, transactions } = order
  const gas = Object.values(transactions).reduce((sum, { gasUsed }) => sum + gasUsed, 0n)
  say(`   Job ${jobId}, ${brief}: escrowed (${gas} gas), bound to the input by its commitment`)
  const { reply, submitted, delivered } = await sendOrder(found, { jobId, input, salt }, { allowHttp: true })
  const outputs = await buyer.take(order, reply)
  const { status } = await readJob(market.chain, market.contracts, jobId)
  const [submission, delivery] = [await gasOf(market, submitted), await gasOf(market, delivered)]
  say(`   Delivered and ${status} (${submission} + ${delivery} gas); the buyer checked the proof`)
  const probability = Object.values(outputs)[0]![0]!
  return { order, probability }
}

/** Gas of a transaction that somebody sent, if it was sent now. */
async function gasOf({ chain }: Market, hash: string | null): Promise<bigint> {
  if (hash === null) return 0n
  return (await chain.client.getTransactionReceipt({ hash: hash as `0x${string}` })).gasUsed
}

/** The buyer acts by its policy: it hedges a field that the model sees at risk. */
async function act({ market, buyer, say }: Shop, probability: number): Promise<boolean> {
  if (probability < risky) {
    say(`   A loss has probability ${probability.toFixed(2)}: the buyer does nothing`)
    return false
  }
  buyer.purse.hold(hedge)
  const { chain, contracts } = market
  const { gasUsed } = await transferTokens(market.buyer, contracts.token, chain.account.address, hedge)
  buyer.purse.spend(hedge)
  say(
    `   A loss has probability ${probability.toFixed(2)}: the buyer hedges for ${dollars(hedge)} (${gasUsed} gas)`,
  )
  return true
}
