import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCredit } from '#service/chain/read-credit.js'
import { summariseOracle } from '#service/oracle/oracle-summary.js'
import { encodeOpening } from '#service/oracle/read-input.js'
import { watchSteps } from '#service/oracle/watch-step.js'
import { presentBackings } from '../support/test-jobs.js'
import {
  type Backstage,
  backstage,
  committedRow,
  fee,
  ledgerOf,
  lookUntilDone,
  type OracleStage,
  oracleStage,
  packedRow,
  salt,
  type TinyBundles,
  tinyBundles,
} from './oracle-stage.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
let bundles: TinyBundles
beforeAll(async () => {
  bundles = await tinyBundles(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(presentBackings)('a watcher %s', (_name, openBacking) => {
  let stage: OracleStage
  let back: Backstage
  let end: () => void
  beforeAll(async () => {
    const backing = await openBacking()
    end = backing.end
    stage = await oracleStage(bundles)
    back = await backstage(stage, bundles, await backing.open())
  })
  afterAll(async () => {
    await back?.close()
    await stage?.anvil.stop()
    end?.()
  })

  test('answers what it can and wants to, several in one transaction, and says why not the rest', async () => {
    const { ask, models } = stage
    const good = [await ask(), await ask({}, 1), await ask({}, 2)]
    const hidden = { modelId: models.hashed, input: [await committedRow(bundles.hashed, 3)] }
    const words = packedRow(bundles.hashed, 3)
    const opened = await ask({ ...hidden, data: encodeOpening({ salt, words }) })
    const underpaid = await ask({ maxFee: 1000n })
    const { timestamp } = await stage.asker.client.getBlock()
    const late = await ask({ deadline: Number(timestamp) + 30 })
    const eager = await ask({ callbackGas: 2_000_000 })
    const outside = await ask({ input: [1n << 200n] })
    const watcher = back.watcher()
    await lookUntilDone(back, watcher)
    expect(await ledgerOf(back.database)).toEqual({
      ...Object.fromEntries([...good, opened].map((id) => [String(id), 'fulfilled'])),
      [String(underpaid)]: 'skipped UNDERPAID',
      [String(late)]: 'skipped TOO_LATE',
      [String(eager)]: 'skipped CALLBACK_TOO_LARGE',
      [String(outside)]: 'skipped INPUT_INVALID',
    })
    for (const id of [...good, opened]) expect(await stage.statusOf(id)).toBe('fulfilled')
    const { earned, requests, spent } = await summariseOracle(back.database)
    expect(earned).toBe(Number(4n * fee))
    expect(requests.get('fulfilled')).toBe(4)
    expect(spent).toBeGreaterThan(0)
    const account = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
    expect(await readCredit(stage.asker, { contract: stage.oracle, account })).toBe(4n * fee)
    expect(back.proofs()).toBe(4)
    expect(await watcher.look()).toBe('idle')
    await watcher.stop()
  })

  test.each(watchSteps.filter((step) => step !== 'rewind'))(
    'that dies before it comes to %s is followed by one that answers once',
    async (fatal) => {
      const requestId = await stage.ask({}, 4)
      const before = await stage.answersTo()
      const doomed = back.watcher({
        step: (step) => {
          if (step === fatal) throw new Error(`killed before ${step}`)
        },
      })
      await expect(lookUntilDone(back, doomed)).rejects.toThrow(`killed before ${fatal}`)
      const next = back.watcher()
      expect(await next.look()).toBe('standby')
      await back.elapse()
      await lookUntilDone(back, next)
      expect(await ledgerOf(back.database)).toMatchObject({ [String(requestId)]: 'fulfilled' })
      expect(await stage.answersTo()).toBe(before + 1)
      const { rows } = await sentFor(back)
      expect(rows.filter(({ state }) => state === 'pending')).toEqual([])
      // What it wrote when it was not the holder any more is refused.
      expect(await doomed.look()).toBe('standby')
      await next.stop()
    },
  )

  test('waits for the input behind a commitment, and gives up at the deadline', async () => {
    const commitment = await committedRow(bundles.hashed, 5)
    const question = { modelId: stage.models.hashed, input: [commitment] }
    const told = await stage.ask(question)
    const untold = await stage.ask({ ...question, input: [commitment + 1n] })
    const watcher = back.watcher()
    await watcher.look()
    expect(await ledgerOf(back.database)).toMatchObject({ [String(told)]: 'open NO_OPENING' })
    const { vkHash } = bundles.hashed.manifest
    const words = packedRow(bundles.hashed, 5)
    await back.openings.add('default', { vkHash, commitment }, { salt, words })
    const { timestamp } = await stage.asker.client.getBlock()
    for (let i = 0; i < 100 && (await stage.statusOf(told)) === 'open'; i++) {
      await back.database.tables
        .updateTable('oracle_requests')
        .set({ next_at: new Date(0) })
        .execute()
      await watcher.look()
    }
    await stage.control.setNextBlockTimestamp({ timestamp: timestamp + 4000n })
    await stage.control.mine({ blocks: 1 })
    await lookUntilDone(back, watcher)
    expect(await ledgerOf(back.database)).toMatchObject({
      [String(told)]: 'fulfilled',
      [String(untold)]: 'skipped NO_OPENING',
    })
    await watcher.stop()
  })
})

function sentFor({ database }: Backstage) {
  const query = database.tables.selectFrom('oracle_transactions').select(['nonce', 'state'])
  return query.execute().then((rows) => ({ rows }))
}
