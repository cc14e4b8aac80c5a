import { keccak256, toHex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Market } from '#scripts/examples/agents/stage.js'
import { tryTo } from '#scripts/examples/try-to.js'
import { Buyer, type Order } from '#service/agents/buyer.js'
import { discoverModel } from '#service/agents/discover.js'
import { deliverAnswer } from '#service/agents/evaluate-job.js'
import { registerAgent } from '#service/agents/identities.js'
import { jobNonce } from '#service/agents/job-terms.js'
import { claimRefund, submitJob } from '#service/agents/jobs.js'
import { registrationUri } from '#service/agents/make-registration.js'
import { registryName } from '#service/agents/read-registration.js'
import { Seller, type SoldModel } from '#service/agents/seller.js'
import { sendOrder } from '#service/agents/send-order.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { testRow } from '#service/demo/act.js'
import type { Say } from '#service/demo/options.js'
import type { ModelSource } from '#service/demo/project-models.js'

/** What a cheat meets. */
export interface Scene {
  readonly market: Market
  readonly model: SoldModel
  readonly seller: Seller
  /** Has bought of the honest seller. */
  readonly buyer: Buyer
  readonly orders: readonly Order[]
  readonly say: Say
}

/** Inputs that the cheat's client and the cheat use. */
export interface Rows {
  readonly features: readonly number[]
  readonly otherSource: ModelSource
  readonly otherKey: string
}

/** What a careless client pays for an answer. */
const price = 2_000_000n
const hour = 3600

/**
 * A cheat offers, works and claims; its client gets everything back.
 *
 * @returns the reasons of the refusals, in order
 * @throws ZkserveError `INTERNAL` where one is accepted or the client has lost anything
 */
export async function tryToCheat(scene: Scene, { features, otherSource, otherKey }: Rows): Promise<string[]> {
  const { market, model, seller, buyer, orders, say } = scene
  const { chain, contracts, agents, cheat, registered } = market
  const wanted = { model: 'crop-risk', allowHttp: true }
  const reasons: string[] = []
  const attack = async (what: string, attempt: () => Promise<unknown>) => {
    reasons.push(await tryTo(what, attempt, say))
  }
  const impostor = await registerImpostor(scene)
  await attack("another's service under its own name", () =>
    discoverModel(chain, contracts, { ...wanted, agentId: impostor }),
  )
  const found = await discoverModel(chain, contracts, { ...wanted, agentId: agents.cheat })
  await attack('an agent without validations', () => buyer.order(found, features, price))
  await attack('a price above the policy', () => buyer.order(orders[0]!.found, features, 4_000_000n))

  const policy = { budget: price, mostPerJob: price, patience: hour, validations: 0 }
  const careless = new Buyer(market.buyer, contracts, policy)
  const before = await market.balanceOf(market.buyer)
  const order = await careless.order(found, features, price)
  const { jobId, salt } = order
  await attack('a second job beyond the budget', () => careless.order(found, features, price))
  await attack("the honest seller for the cheat's job", () =>
    sendOrder(found, { jobId, input: features, salt }, { allowHttp: true }),
  )
  const { commerce, evaluator } = contracts
  const binding = {
    requester: evaluator,
    nonce: jobNonce({ commerce, jobId, provider: cheat.account.address }),
  }
  await submitJob(cheat, contracts, { jobId, deliverable: keccak256(toHex('trust me')) })
  const cheats = new Seller(cheat, contracts, { price, leastTime: 0 }, model)
  const { inference: honest } = await cheats.prove({ input: features, salt }, binding)
  const { modelId, version } = model
  const deliver = (inference: Inference, by = modelId) =>
    deliverAnswer(cheat, contracts, { jobId, modelId: by, version, inference })

  const [commitment, output, ...rest] = honest.statement as [bigint, bigint, ...bigint[]]
  await attack('a changed answer', () =>
    deliver({ ...honest, statement: [commitment, output + 1n, ...rest] }),
  )
  const foreign = await model.service.inferAndProve({
    ...{ model: otherKey, input: Array.from(testRow(otherSource, 0).data), salt: String(salt) },
    ...{ requester: evaluator, nonce: String(binding.nonce) },
  })
  const words = { ...honest, statement: foreign.publicSignals.slice(0, -1).map(BigInt) }
  await attack("another model's answer", () => deliver(words, registered[1]!.modelId))
  await attack("another model's answer as the agreed one's", () => deliver(words))
  const sold = await seller.prove(orders[0]!, {
    requester: evaluator,
    nonce: jobNonce({ commerce, jobId: orders[0]!.jobId, provider: market.seller.account.address }),
  })
  await attack("the honest seller's proof, copied", () => deliver(sold.inference))
  await attack('a refund before it is due', () => careless.reclaim(order))
  await market.pass(hour)
  await attack('the true answer, too late', () => deliver(honest))
  const { gasUsed } = (await careless.reclaim(order))!
  await attack('a second refund', () => claimRefund(market.buyer, contracts, jobId))
  if ((await market.balanceOf(market.buyer)) !== before || careless.purse.left !== price) {
    throw new ZkserveError('INTERNAL', 'the client of a cheat has lost something')
  }
  say(`   The client has its escrow back (${gasUsed} gas)`)
  return reasons
}

/** An agent whose card, kept on chain, names a service that does not name it. */
async function registerImpostor({ market, orders }: Scene): Promise<bigint> {
  const { chain, contracts, cheat, agents } = market
  const { file } = orders[0]!.found
  const { identities } = contracts
  const agentRegistry = registryName(chain.chainId, identities)
  const agentId = Number(agents.cheat) + 1
  const uri = registrationUri({ ...file, registrations: [{ agentId, agentRegistry }] })
  return (await registerAgent(cheat, { identities, uri })).agentId
}
