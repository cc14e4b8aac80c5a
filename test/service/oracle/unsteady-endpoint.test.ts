/** Transactions that are lost or stuck, and endpoints that fail or lie. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { summariseOracle } from '#service/oracle/oracle-summary.js'
import { isRelease } from '../../support/release.js'
import { ledgerOf, lookUntilDone } from './oracle-stage.js'
import { accounts, forEachTest, untilSent } from './unsteady.js'

const it = forEachTest()

describe('a transaction', () => {
  test('that the nodes lost is sent again as it was', async () => {
    await it.stage.ask()
    const watcher = it.back.watcher()
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, watcher)
    const [lost] = await it.back.database.tables.selectFrom('oracle_transactions').select('hash').execute()
    await it.stage.control.dropTransaction({ hash: lost!.hash as `0x${string}` })
    await watcher.look()
    await it.stage.control.mine({ blocks: 1 })
    await lookUntilDone(it.back, watcher)
    const rows = await it.back.database.tables
      .selectFrom('oracle_transactions')
      .select(['hash', 'state'])
      .execute()
    expect(rows).toEqual([{ hash: lost!.hash, state: 'mined' }])
  })

  test('that is stuck is replaced by one with higher fees; one of them is mined', async () => {
    await it.stage.ask()
    const watcher = it.back.watcher({ bumpAfter: 0 })
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, watcher)
    await watcher.look()
    const rows = await it.back.database.tables
      .selectFrom('oracle_transactions')
      .select(['nonce', 'max_fee'])
      .orderBy('id')
      .execute()
    expect(rows.length).toBeGreaterThan(1)
    expect(new Set(rows.map(({ nonce }) => nonce)).size).toBe(1)
    expect(BigInt(rows[1]!.max_fee)).toBeGreaterThan((BigInt(rows[0]!.max_fee) * 11n) / 10n)
    await it.stage.control.mine({ blocks: 1 })
    await it.stage.control.setAutomine(true)
    await lookUntilDone(it.back, watcher)
    expect(await it.stage.answersTo(0n)).toBe(1)
    const states = await it.back.database.tables.selectFrom('oracle_transactions').select('state').execute()
    expect(states.filter(({ state }) => state === 'mined')).toHaveLength(1)
    expect(states.filter(({ state }) => state === 'pending')).toHaveLength(0)
  })

  test('that is stuck is not raised beyond the daily limit', async () => {
    await it.stage.ask()
    const first = it.back.watcher()
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, first)
    await first.stop()
    const read = () =>
      it.back.database.tables.selectFrom('oracle_transactions').select(['gas', 'max_fee']).execute()
    const [sent] = await read()
    await it.back.elapse()
    const dailySpend = BigInt(sent!.gas) * BigInt(sent!.max_fee)
    const watcher = it.back.watcher({ bumpAfter: 0, dailySpend })
    await watcher.look()
    expect(await read()).toHaveLength(1)
    await it.stage.control.mine({ blocks: 1 })
    await it.stage.control.setAutomine(true)
    await lookUntilDone(it.back, watcher)
    expect(await it.stage.answersTo(0n)).toBe(1)
  })

  test('whose request nobody may answer any more is replaced by an empty one', async () => {
    await it.stage.ask()
    const watcher = it.back.watcher({ bumpAfter: 0 })
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, watcher)
    const [ours] = await it.back.database.tables.selectFrom('oracle_transactions').select('hash').execute()
    const { timestamp } = await it.stage.asker.client.getBlock()
    await it.stage.control.dropTransaction({ hash: ours!.hash as `0x${string}` })
    // The deadline passes: nothing is left to answer.
    await it.stage.control.setNextBlockTimestamp({ timestamp: timestamp + 4000n })
    await it.stage.control.mine({ blocks: 1 })
    await watcher.look()
    await it.stage.control.mine({ blocks: 1 })
    await it.stage.control.setAutomine(true)
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'skipped TOO_LATE' })
    const { spent } = await summariseOracle(it.back.database)
    const receipt = await it.stage.asker.client.getBlock({ includeTransactions: true })
    expect(spent).toBeGreaterThan(0)
    expect(receipt.transactions.every(({ gas }) => gas <= 30_000n)).toBe(true)
  })

  test('waits while gas costs more than the fee pays, and at the daily limit', async () => {
    await it.stage.ask()
    const poor = it.back.watcher({ dailySpend: 1n })
    for (let i = 0; i < 30; i++) {
      await poor.look()
      await sleep(20)
    }
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'proven' })
    await poor.stop()
    await it.stage.control.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 12n })
    await it.stage.control.mine({ blocks: 1 })
    await it.back.elapse()
    const watcher = it.back.watcher()
    await watcher.look()
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'proven' })
    await it.stage.control.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 9n })
    await it.stage.control.mine({ blocks: 1 })
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
  })
})

describe.runIf(isRelease)('an endpoint', () => {
  const looking = (change = {}) => it.back.watcher({ rpcUrl: it.rpc.url, ...change })

  test('that goes away and comes back is waited for', async () => {
    const watcher = looking({ poll: 50 })
    it.rpc.meddle(() => 'hang up')
    watcher.start()
    await it.stage.ask()
    await expect(looking().look()).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
    it.rpc.meddle(null)
    while ((await it.stage.statusOf(0n)) === 'open') await sleep(50)
    await watcher.stop()
  })

  test('that refuses long ranges is asked for shorter ones', async () => {
    await it.stage.ask()
    await it.stage.control.mine({ blocks: 40 })
    await it.stage.ask()
    const widths: number[] = []
    it.rpc.meddle(({ method, params }) => {
      if (method !== 'eth_getLogs') return null
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string }
      const width = Number(toBlock) - Number(fromBlock) + 1
      widths.push(width)
      return width > 5 ? { error: { code: -32005, message: 'query returned too many results' } } : null
    })
    await lookUntilDone(it.back, looking())
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled', 1: 'fulfilled' })
    expect(Math.min(...widths)).toBeLessThanOrEqual(5)
  })

  test('that leaves events out is found out, and nothing is lost', async () => {
    await it.stage.ask()
    it.rpc.meddle(({ method }) => (method === 'eth_getLogs' ? { result: [] } : null))
    const watcher = looking()
    // The first block is where the oracle was not there yet.
    await expect(watcher.look()).rejects.toMatchObject({ code: 'CHAIN_INCONSISTENT' })
    expect(await ledgerOf(it.back.database)).toEqual({})
    it.rpc.meddle(null)
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
  })

  test('that is behind another makes nobody go back', async () => {
    await it.stage.ask()
    const watcher = looking()
    await lookUntilDone(it.back, watcher)
    it.rpc.meddle(({ method, params }) =>
      method === 'eth_getBlockByNumber' && params[0] === 'latest'
        ? { result: { number: '0x1', hash: `0x${'0'.repeat(64)}`, timestamp: '0x1', transactions: [] } }
        : null,
    )
    expect(await watcher.look()).toBe('idle')
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
  })

  test('of another chain is refused, as is an address without an oracle', async () => {
    await expect(looking({ chainId: 1 }).look()).rejects.toMatchObject({ code: 'CHAIN_INCONSISTENT' })
    const oracle = accounts[0]
    await expect(looking({ oracle }).look()).rejects.toMatchObject({ code: 'CHAIN_REJECTED' })
  })
})
