/** A lot's journey on a development chain, read back: what holds, and every lie that is seen. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '#scripts/examples/consumer-stage.js'
import { ensureColdChainBundle } from '#scripts/examples/trace/model.js'
import { setTraceStage, type TraceStage } from '#scripts/examples/trace/stage.js'
import {
  acceptLot,
  appendStep,
  deliverLot,
  offerLot,
  recallLot,
  revokeLogger,
} from '#service/chain/trace/lot-trace.js'
import { readTrace, type TraceEvent } from '#service/chain/trace/read-trace.js'
import { replayTrace } from '#service/chain/trace/replay-trace.js'
import { verifyTrace } from '#service/chain/trace/verify-trace.js'
import { readProjectModel } from '#service/demo/project-models.js'
import { callCommand, callJson } from '../support/command-line.js'

const lotId = 0n
let stage: TraceStage
let bundle: string
let events: readonly TraceEvent[]
/** Options that name the lot. */
let named: string[]

beforeAll(async () => {
  const built = await ensureColdChainBundle(await readProjectModel('cold-chain'))
  bundle = built.dir
  stage = await setTraceStage(built)
  const { contract, chain } = stage
  const [maker, carrier] = stage.people as readonly [Person, Person]
  await stage.openLot()
  for (const who of [maker, carrier]) {
    const step = await stage.step(lotId, await stage.placeOf(lotId), {
      bands: [12, 8, 4, 0, 0, 0],
      openings: 2,
      dry: 3,
    })
    await stage.pass(step.until - (await stage.now()))
    await appendStep(who, contract, lotId, step)
    if (who === carrier) continue
    await offerLot(maker, contract, lotId, carrier.account.address)
    await acceptLot(carrier, contract, lotId, (await stage.placeOf(lotId)).head)
  }
  await revokeLogger(maker, contract, lotId, stage.logger.address)
  // An offer that delivery ends.
  await offerLot(carrier, contract, lotId, maker.account.address)
  await deliverLot(carrier, contract, lotId)
  await recallLot(maker, contract, lotId, `0x${'07'.repeat(32)}`)
  events = (await readTrace(chain, { contract, lotId })).events
  const { url } = chain.client.transport
  named = ['--rpc', url!, '--contract', contract, '--lot', '0']
}, 120_000)

afterAll(() => stage?.close())

test('what happened holds, with the model’s answers', async () => {
  const { valid, checks, journey } = await verifyTrace(
    stage.chain,
    { contract: stage.contract, lotId },
    bundle,
  )
  expect(checks.filter(({ result }) => result !== 'holds')).toEqual([])
  expect(valid).toBe(true)
  expect(journey).toMatchObject({ status: 'delivered', recalled: true, offeredTo: `0x${'0'.repeat(40)}` })
  expect(checks.filter(({ what }) => what === 'the model’s answer')).toHaveLength(2)
})

test('without a bundle the answers stay unchecked', async () => {
  const { valid, checks } = await verifyTrace(stage.chain, { contract: stage.contract, lotId })
  expect(valid).toBe(true)
  expect(checks.filter(({ result }) => result === 'unchecked').map(({ of }) => of)).toEqual(['bundle'])
})

test('events that were changed, left out or turned around are seen', () => {
  const place = { chainId: stage.chain.chainId, contract: stage.contract }
  const differs = (told: readonly TraceEvent[], where: Partial<typeof place> = {}) =>
    replayTrace({ ...place, ...where }, lotId, told).checks.filter(({ result }) => result === 'differs')
      .length > 0
  expect(differs(events)).toBe(false)
  expect(differs(events, { chainId: 1 })).toBe(true)
  expect(events.map(({ eventName }) => eventName)).toEqual([
    ...['LotOpened', 'StepAppended', 'LotOffered', 'LotAccepted', 'StepAppended'],
    ...['LoggerRevoked', 'LotOffered', 'LotDelivered', 'LotRecalled'],
  ])
  const lies: [number, Record<string, unknown>][] = [
    ...[{ maker: stage.contract }, { loggers: [] }, { head: `0x${'00'.repeat(32)}` }].map(
      (lie): [number, Record<string, unknown>] => [0, lie],
    ),
    ...[
      ...[{ index: 2n }, { custodian: stage.contract }, { logger: stage.contract }, { until: 1 }],
      ...[{ readings: 24n }, { state: 19_000 }, { hash: `0x${'11'.repeat(32)}` }],
    ].map((lie): [number, Record<string, unknown>] => [1, lie]),
    [2, { custodian: stage.contract }],
    [3, { custodian: stage.contract }],
    [3, { head: `0x${'11'.repeat(32)}` }],
    [5, { logger: stage.contract }],
    [7, { head: `0x${'11'.repeat(32)}` }],
  ]
  for (const [at, lie] of lies) {
    const told = events.map((event, k) =>
      k === at ? ({ ...event, args: { ...event.args, ...lie } } as TraceEvent) : event,
    )
    expect(
      differs(told),
      JSON.stringify(lie, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).toBe(true)
  }
  const early = events.map((event) => ({ ...event, time: event.time - 86_400 }))
  expect(differs(early), 'readings of the future').toBe(true)
  for (const [at, name] of [
    [2, 'offer'],
    [3, 'hand-over'],
    [7, 'delivery'],
  ] as const) {
    const late = events.map((event, k) => (k === at ? { ...event, time: event.time + 7_200 } : event))
    expect(differs(late), `a late ${name}`).toBe(true)
  }
  for (const [left, name] of [
    [0, 'opening'],
    [1, 'step'],
    [2, 'offer'],
    [3, 'hand-over'],
  ] as const) {
    expect(differs(events.filter((_, k) => k !== left)), `without its ${name}`).toBe(true)
  }
  expect(differs([...events, events[4]!]), 'a step after the end').toBe(true)
  expect(differs([...events, events[0]!]), 'opened twice').toBe(true)
})

test.each([
  ['getLot', (kept: unknown) => ({ ...(kept as object), steps: 3 })],
  ['headOf', () => `0x${'11'.repeat(32)}`],
])('the chain is compared with what it kept: %s', async (name, changed) => {
  const chain = { ...stage.chain, client: { ...stage.chain.client } }
  const { readContract } = stage.chain.client
  chain.client.readContract = (async (call: { functionName: string }) => {
    const kept = await readContract(call as Parameters<typeof readContract>[0])
    return call.functionName === name ? changed(kept) : kept
  }) as typeof readContract
  const { valid, checks } = await verifyTrace(chain, { contract: stage.contract, lotId })
  expect(valid).toBe(false)
  expect(checks.filter(({ result }) => result === 'differs').map(({ of }) => of)).toEqual(['lot 0'])
})

test('a lot by command', async () => {
  const { document } = await callJson(['trace', 'show', ...named])
  expect(document).toMatchObject({ lotId: '0', status: 'delivered', recalled: true })
  const { stdout } = await callCommand(['trace', 'show', ...named])
  expect(stdout).toMatch(/lot +0, delivered, RECALLED/)
  const verified = await callCommand(['trace', 'verify', ...named, '--bundle', bundle])
  expect(verified.code).toBe(0)
  expect(verified.stdout).toMatch(/nothing differs: \d+ hold, 0 differ, 0 unchecked$/m)
  const damaged = mkdtempSync(join(tmpdir(), 'zkserve-trace-'))
  cpSync(bundle, damaged, { recursive: true })
  appendFileSync(join(damaged, 'model.q.json'), ' ')
  const other = await callCommand(['trace', 'verify', ...named, '--bundle', damaged])
  rmSync(damaged, { recursive: true })
  expect(other.code).toBe(1)
  const missing = await callCommand(['trace', 'verify', ...named.slice(0, -1), '7'])
  expect(missing.code).toBe(2)
})
