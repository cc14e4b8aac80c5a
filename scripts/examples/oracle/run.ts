import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, createTestClient, formatEther, http, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { claimPolicy, type PolicyStatus, policyStatus } from '#scripts/examples/crop-insurance/contracts.js'
import { attestSeason, sellPolicies } from '#scripts/examples/crop-insurance/run.js'
import { type Season, setSeason } from '#scripts/examples/crop-insurance/stage.js'
import { readGauge, startWatcher } from '#scripts/examples/oracle/watcher-process.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import type { ServiceProcess } from '#scripts/fleet/service-process.js'
import { readCredit } from '#service/chain/read-credit.js'
import { readRequest } from '#service/chain/read-request.js'
import { refundRequest } from '#service/chain/refund-request.js'
import { requestInference } from '#service/chain/request-inference.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'

/** Probability of a loss from which on it is covered. */
const covered = 0.5
/** ms within which a watcher answers. */
const patience = 60_000

/** What became of the requests. */
export interface OracleResult {
  readonly drought: PolicyStatus
  readonly goodYear: PolicyStatus
  /** Answers that the oracle took, by request. */
  readonly answers: readonly number[]
  /** Credits in the oracle, in wei. */
  readonly credits: { readonly watcher: bigint; readonly copier: bigint; readonly refunded: bigint }
}

/**
 * A contract asks; `zkserve serve --role oracle` answers, though it is killed on the way; a copied answer pays its
 * maker; an underpaid request is refunded.
 *
 * @throws ZkserveError `INTERNAL` where something else happens
 */
export async function runOracle(say: Say): Promise<OracleResult> {
  const source = await readProjectModel('crop-risk')
  const bundle = await ensureBundle(source, undefined, 'public')
  const season = await setSeason(bundle, covered)
  const data = mkdtempSync(join(tmpdir(), 'zkserve-oracle-'))
  const watchers: ServiceProcess[] = []
  try {
    say(
      `1. crop-risk, ${bundle.manifest.constraints.total} constraints; an oracle, and an insurance that asks it`,
    )
    const policies = await sellPolicies(season)
    await season.passTo(season.terms.seasonEnd + 1)
    const claims = await attestSeason(season, bundle, source, policies)
    const key = generatePrivateKey()
    const { address } = privateKeyToAccount(key)
    await sendTransaction(season.chain, { to: address, data: '0x', value: parseEther('1') })
    const startBlock = await season.chain.client.getBlockNumber()
    const start = async (): Promise<ServiceProcess> => {
      const watcher = await startWatcher(season, bundle, { key, data, startBlock })
      watchers.push(watcher)
      return watcher
    }
    const scene = { season, watcher: address, start, say }

    const [drought, goodYear] = claims
    await killedTwice(scene, async () => {
      await claimPolicy(policies[0].holder, season, drought)
    })
    await copied(scene, watchers.at(-1)!, async () => {
      await claimPolicy(policies[1].holder, season, goodYear)
    })
    await underpaid(scene, watchers.at(-1)!, goodYear.input)
    return await takeStock(scene, watchers.at(-1)!, policies)
  } finally {
    for (const watcher of watchers) await watcher.kill()
    rmSync(data, { recursive: true, force: true })
    await season.close()
  }
}

interface Scene {
  readonly season: Season
  readonly watcher: Address
  readonly start: () => Promise<ServiceProcess>
  readonly say: Say
}

/** The watcher dies before it has proven anything, and again when its answer is sent but not mined. */
async function killedTwice({ season, watcher, start, say }: Scene, ask: () => Promise<void>): Promise<void> {
  const { chain } = season
  const control = controlOf(season)
  const first = await start()
  await ask()
  await until('the request was seen', async () => (await seenBy(first)) > 0)
  await first.kill()
  say('2. A farmer claims: the insurance asks. `zkserve serve --role oracle` sees it, and is killed (-9)')
  await control.setAutomine(false)
  const second = await start()
  await until('an answer was sent', async () => (await pendingOf(season, watcher)) > 0)
  await second.kill()
  say('   Started again, it proves and sends the answer; before that is mined, it is killed again')
  await control.setAutomine(true)
  await control.mine({ blocks: 1 })
  await start()
  await until('the answer was taken', async () => (await statusOf(season, 0n)) === 'fulfilled')
  const [answered] = await answersTo(season, 0n)
  const { gasUsed } = await chain.client.getTransactionReceipt({ hash: answered!.transactionHash })
  season.spend('answer with callback', { gasUsed })
  say('   Started a third time, it finds its transaction mined and sends nothing more')
}

/** Somebody sends the watcher's answer first, as it stood among the transactions that wait. */
async function copied(
  { season, watcher, say }: Scene,
  process: ServiceProcess,
  ask: () => Promise<void>,
): Promise<void> {
  const control = controlOf(season)
  await process.pause()
  await ask()
  await control.setAutomine(false)
  process.resume()
  await until('an answer was sent', async () => (await pendingOf(season, watcher)) > 0)
  const { transactions } = await season.chain.client.getBlock({
    blockTag: 'pending',
    includeTransactions: true,
  })
  const original = transactions.find(({ from }) => from.toLowerCase() === watcher.toLowerCase())
  if (original === undefined) throw new ZkserveError('INTERNAL', 'no answer waits')
  const { wallet } = season.provider
  const bribe = { maxFeePerGas: parseEther('0.000001'), maxPriorityFeePerGas: parseEther('0.0000001') }
  const hash = await wallet.sendTransaction({
    to: season.oracle,
    data: original.input,
    gas: 800_000n,
    ...bribe,
  })
  await control.mine({ blocks: 1 })
  await control.setAutomine(true)
  const receipt = await season.chain.client.waitForTransactionReceipt({ hash })
  season.spend('the same, sent by a copier', receipt)
  say('3. Another claim; somebody copies the answer and is mined first: the fee goes to who proved it')
}

/** A request whose fee covers nothing is left alone, and refunded after its deadline. */
async function underpaid(
  { season, say }: Scene,
  process: ServiceProcess,
  input: readonly bigint[],
): Promise<void> {
  const { chain, oracle, terms } = season
  const { timestamp } = await chain.client.getBlock()
  const deadline = Number(timestamp) + 300
  const question = { oracle, modelId: terms.modelId, input, maxFee: 1000n, deadline }
  const { requestId } = await requestInference(chain, question)
  const refused = 'zkserve_oracle_requests{outcome="underpaid"}'
  await until('the request was refused', async () => (await readGauge(process, refused)) > 0)
  await season.passTo(deadline + 1)
  season.spend('refund', await refundRequest(chain, { oracle, requestId }))
  say('4. A request over 1000 wei is refused as underpaid, and refunded after its deadline')
}

async function takeStock(
  { season, watcher, say }: Scene,
  process: ServiceProcess,
  policies: Awaited<ReturnType<typeof sellPolicies>>,
): Promise<OracleResult> {
  const { chain, oracle, provider } = season
  await until(
    'the watcher knows of both',
    async () => (await readGauge(process, 'zkserve_oracle_earned_wei')) >= 2e16,
  )
  const [drought, goodYear] = await Promise.all(
    policies.map(({ policyId }) => policyStatus(chain, season, policyId)),
  )
  const answers = await Promise.all([0n, 1n, 2n].map(async (id) => (await answersTo(season, id)).length))
  const credit = (account: Address) => readCredit(chain, { contract: oracle, account })
  const credits = {
    watcher: await credit(watcher),
    copier: await credit(provider.account.address),
    refunded: await credit(chain.account.address),
  }
  if (answers.join() !== '1,1,0' || credits.copier !== 0n) {
    throw new ZkserveError('INTERNAL', `answers ${answers}, copier ${credits.copier} wei`)
  }
  const spent = await readGauge(process, 'zkserve_oracle_spent_wei')
  say(`5. Drought: ${drought}. Good year: ${goodYear}. Each request was answered once`)
  say(
    `   The watcher earned ${formatEther(credits.watcher)} ether and spent ${formatEther(BigInt(spent))} on gas`,
  )
  sayCosts(season.costs, say)
  return { drought: drought!, goodYear: goodYear!, answers, credits }
}

const controlOf = ({ rpcUrl }: Season) => createTestClient({ mode: 'anvil', transport: http(rpcUrl) })

const statusOf = async ({ chain, oracle }: Season, requestId: bigint) =>
  (await readRequest(chain, { oracle, requestId })).status

function answersTo({ chain, oracle }: Season, requestId: bigint) {
  return chain.client.getContractEvents({
    ...{ address: oracle, abi: inferenceOracleAbi, eventName: 'InferenceFulfilled' },
    ...{ args: { requestId }, fromBlock: 0n },
  })
}

/** Transactions of an account that are not mined. */
async function pendingOf({ chain }: Season, address: Address): Promise<number> {
  const { client } = chain
  const sent = await client.getTransactionCount({ address, blockTag: 'pending' })
  return sent - (await client.getTransactionCount({ address }))
}

/** Requests that a watcher knows of. */
async function seenBy({ url }: ServiceProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith('zkserve_oracle_requests{')).length
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience
  while (!(await isSo())) {
    if (performance.now() > end) throw new ZkserveError('TIMEOUT', `waited too long: ${what}`)
    await sleep(100)
  }
}
