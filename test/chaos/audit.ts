import type { Bundle } from '#prover/bundle/load.js'
import { verifyProofFile } from '#prover/verify.js'
import { checkReceipt } from '#service/receipts/check-receipt.js'
import { ask, type ChaosClient } from './client.js'
import type { Accepted, Ledger, Outage } from './ledger.js'
import type { Receiver } from './receiver.js'

/** What became of everything that was promised. */
export interface Audit {
  readonly states: Readonly<Record<string, number>>
  /** Acknowledged, but gone or without an end, or an end that no webhook told. */
  readonly lost: readonly string[]
  /** With two ends, answers or webhook ids. */
  readonly double: readonly string[]
  /** Whose result is not what was asked for. */
  readonly invalid: readonly string[]
  /**
   * ms from the kill of a worker until each job that it held ran again, ascending; the time in which there was no
   * database, or no process at all, or the machine stood still, does not count.
   */
  readonly recoveries: readonly number[]
}

interface Step {
  readonly state: string
  readonly stage: string | null
  readonly at: number
}

/** Asks for every promise once more. @param url of an API */
export async function audit(
  ledger: Ledger,
  client: ChaosClient,
  url: string,
  bundles: ReadonlyMap<string, Bundle>,
  receiver: Receiver,
): Promise<Audit> {
  const found = { lost: [] as string[], double: [] as string[], invalid: [] as string[] }
  const states: Record<string, number> = {}
  const histories = new Map<string, readonly Step[]>()
  const nonces = new Set<string>()
  const examine = async (accepted: Accepted): Promise<void> => {
    const { key, id, cancelled } = accepted
    if (!(await client.repeat(accepted))) found.lost.push(`${key} is not answered again`)
    if (id !== null && !(await client.settle(accepted))) found.lost.push(key)
    if (accepted.end === null) return
    const { state, result, error } = JSON.parse(accepted.end)
    const name = state === 'failed' ? `failed ${error}` : state
    states[name] = (states[name] ?? 0) + 1
    if (cancelled !== null && cancelled !== state) found.double.push(`${key}: ${cancelled}, then ${state}`)
    if (id !== null) {
      const history = await historyOf(url, id)
      histories.set(id, history)
      if (history.filter((step) => isEnd(step.state)).length !== 1 || !isEnd(history.at(-1)!.state)) {
        found.double.push(`${key}: ${history.map((step) => step.state).join(' ')}`)
      }
      const told = receiver.idsOf(id)
      if (told !== 1) (told === 0 ? found.lost : found.double).push(`${key}: told by ${told} webhook ids`)
    }
    if (state !== 'succeeded') return
    const wrong = await wrongResult(accepted, result, bundles.get(accepted.body.model)!)
    if (wrong !== null) found.invalid.push(`${key}: ${wrong}`)
    if (nonces.has(result.context.nonce)) found.double.push(`${key}: two results of one request`)
    nonces.add(result.context.nonce)
  }
  const left = ledger.accepted.values()
  const examiners = Array.from({ length: 8 }, async () => {
    for (const accepted of left) await examine(accepted)
  })
  await Promise.all(examiners)
  return { ...found, states, recoveries: recoveries(ledger, histories) }
}

/** What is wrong with a result, or null. */
async function wrongResult(
  { body, integers }: Accepted,
  // biome-ignore lint/suspicious/noExplicitAny: a reply as it came
  result: any,
  bundle: Bundle,
): Promise<string | null> {
  if (BigInt(result.context.nonce) !== BigInt(body.nonce)) return 'the result of another request'
  if (JSON.stringify(result.integers) !== integers) return 'another answer than the first reply told'
  const verification = await verifyProofFile(bundle, result)
  if (!verification.valid) return verification.reason ?? 'the proof does not hold'
  const checked = await checkReceipt(result.receipt, { ...result, manifest: bundle.manifest })
  return 'reason' in checked ? checked.reason : null
}

/** Everything that a job went through, as its event stream tells. */
async function historyOf(url: string, id: string): Promise<readonly Step[]> {
  const response = await fetch(`${url}/jobs/${id}/events`)
  const data = (await response.text()).matchAll(/^data: (.*)$/gm)
  return Array.from(data, ([, json]) => {
    const { at, ...step } = JSON.parse(json!)
    return { ...step, at: Date.parse(at) }
  })
}

function recoveries(ledger: Ledger, histories: ReadonlyMap<string, readonly Step[]>): number[] {
  const times = ledger.kills.flatMap(({ at, jobs }) =>
    (jobs ?? [...histories.keys()]).flatMap((id) => {
      const history = histories.get(id) ?? []
      const before = history.findLast((step) => step.at <= at)
      const again = history.find((step) => step.at > at && step.state === 'running' && step.stage === 'load')
      const held = before?.state === 'running' && again !== undefined
      return held ? [again.at - at - outage(ledger.outages, at, again.at)] : []
    }),
  )
  return times.sort((a, b) => a - b)
}

/** ms of outages between two times. */
function outage(outages: readonly Outage[], from: number, to: number): number {
  let [covered, reached] = [0, from]
  for (const [start, end] of outages.toSorted(([a], [b]) => a - b)) {
    const part = Math.min(end, to) - Math.max(start, reached)
    if (part <= 0) continue
    covered += part
    reached = end
  }
  return covered
}

function isEnd(state: string): boolean {
  return state !== 'queued' && state !== 'running'
}

/** Waits until every accepted job has ended, or the time is over. */
export async function allEnded(ledger: Ledger, client: ChaosClient, patience: number): Promise<void> {
  const until = Date.now() + patience
  for (const accepted of ledger.accepted.values()) {
    while (accepted.end === null && Date.now() < until) {
      if (!(await client.settle(accepted))) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Asks until the service says that it takes work. */
export async function isReady(url: string): Promise<boolean> {
  return (await ask(`${url}/health/ready`))?.status === 200
}
