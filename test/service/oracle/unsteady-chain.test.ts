/** Reorganisations, and races with other provers. */
import { createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemory } from '#service/database/open-database.js'
import { summariseOracle } from '#service/oracle/oracle-summary.js'
import { type Backstage, backstage, fee, ledgerOf, lookUntilDone } from './oracle-stage.js'
import { accounts, creditOf, dying, forEachTest, untilSent } from './unsteady.js'

const it = forEachTest()

describe('a reorganisation', () => {
  test('that takes a request away drops it; the same question comes back with its proof', async () => {
    await it.stage.control.mine({ blocks: 2 })
    const { timestamp } = await it.stage.asker.client.getBlock()
    const deadline = Number(timestamp) + 3600
    const before = await it.stage.control.snapshot()
    await it.stage.ask({ deadline })
    await expect(lookUntilDone(it.back, it.back.watcher(dying('sign')))).rejects.toThrow('killed')
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'proven' })

    await it.stage.control.revert({ id: before })
    await it.stage.control.mine({ blocks: 3 })
    const watcher = it.back.watcher()
    await it.back.elapse()
    while ((await watcher.look()) === 'behind');
    expect(await ledgerOf(it.back.database)).toEqual({})
    expect((await summariseOracle(it.back.database)).requests.get('reorganised')).toBe(1)

    await it.stage.ask({ deadline })
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
    expect(it.back.proofs()).toBe(1)
    expect(await it.stage.answersTo(0n)).toBe(1)
  })

  test('that puts another question in its place has that one answered', async () => {
    const before = await it.stage.control.snapshot()
    await it.stage.ask({}, 1)
    await expect(lookUntilDone(it.back, it.back.watcher(dying('sign')))).rejects.toThrow('killed')
    await it.stage.control.revert({ id: before })
    await it.stage.ask({}, 2)
    await it.stage.control.mine({ blocks: 2 })
    await it.back.elapse()
    await lookUntilDone(it.back, it.back.watcher())
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
    expect(it.back.proofs()).toBe(2)
  })

  test('that takes our answer away has the same transaction sent again', async () => {
    await it.stage.ask()
    const before = await it.stage.control.snapshot()
    const watcher = it.back.watcher()
    await lookUntilDone(it.back, watcher)
    await it.stage.control.revert({ id: before })
    expect(await it.stage.statusOf(0n)).toBe('open')
    await it.stage.control.mine({ blocks: 3 })
    for (let i = 0; i < 20 && (await it.stage.statusOf(0n)) === 'open'; i++) await watcher.look()
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
    expect(await creditOf(it.stage, accounts[0])).toBe(fee)
    expect(it.back.proofs()).toBe(1)
  })

  test('of blocks without confirmations is not even seen', async () => {
    const watcher = it.back.watcher({ confirmations: 2 })
    await it.stage.ask()
    await it.stage.control.mine({ blocks: 1 })
    while ((await watcher.look()) === 'behind');
    expect(await ledgerOf(it.back.database)).toEqual({})
    await it.stage.control.mine({ blocks: 1 })
    while ((await watcher.look()) === 'behind');
    expect(await ledgerOf(it.back.database)).toMatchObject({ 0: expect.any(String) })
  })
})

describe('a race', () => {
  let rival: Backstage
  beforeEach(async () => {
    rival = await backstage(it.stage, it.bundles, await openMemory(), 2)
  })
  afterEach(() => rival.close())

  test('has one winner; who comes later sends nothing', async () => {
    await it.stage.ask()
    await expect(lookUntilDone(rival, rival.watcher(dying('sign')))).rejects.toThrow('killed')
    await lookUntilDone(it.back, it.back.watcher())
    await rival.elapse()
    await lookUntilDone(rival, rival.watcher())
    expect(await ledgerOf(rival.database)).toEqual({ 0: 'lost ANSWERED' })
    expect((await summariseOracle(rival.database)).spent).toBe(0)
    expect([await creditOf(it.stage, accounts[0]), await creditOf(it.stage, accounts[1])]).toEqual([fee, 0n])
  })

  test('in one block has one winner; the other pays for gas once, and does not try again', async () => {
    await it.stage.ask()
    const first = it.back.watcher()
    const second = rival.watcher()
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, first)
    await untilSent(rival, second)
    await it.stage.control.mine({ blocks: 1 })
    await it.stage.control.setAutomine(true)
    await Promise.all([lookUntilDone(it.back, first), lookUntilDone(rival, second)])
    const ledgers = [await ledgerOf(it.back.database), await ledgerOf(rival.database)]
    expect(ledgers.map((ledger) => ledger[0]).sort()).toEqual(['fulfilled', 'lost ANSWERED'])
    expect(await it.stage.answersTo()).toBe(1)
    for (const { database } of [it.back, rival]) {
      const rows = await database.tables.selectFrom('oracle_transactions').select('state').execute()
      expect(rows).toEqual([{ state: 'mined' }])
    }
  })

  test('with a copier pays the one who proved', async () => {
    await it.stage.ask()
    const watcher = it.back.watcher()
    await it.stage.control.setAutomine(false)
    await untilSent(it.back, watcher)
    const [ours] = await it.back.database.tables.selectFrom('oracle_transactions').select('hash').execute()
    const { input } = await it.stage.asker.client.getTransaction({ hash: ours!.hash as `0x${string}` })
    const account = privateKeyToAccount(it.stage.anvil.privateKeys[2]!)
    const { chain } = it.stage.asker.client
    const copier = createWalletClient({ account, chain, transport: http(it.stage.anvil.rpcUrl) })
    const bribe = { maxPriorityFeePerGas: 10n ** 11n, maxFeePerGas: 10n ** 12n, gas: 600_000n }
    await copier.sendTransaction({ to: it.stage.oracle, data: input, ...bribe })
    await it.stage.control.mine({ blocks: 1 })
    await it.stage.control.setAutomine(true)
    await lookUntilDone(it.back, watcher)
    expect(await ledgerOf(it.back.database)).toEqual({ 0: 'fulfilled' })
    expect([await creditOf(it.stage, accounts[0]), await creditOf(it.stage, accounts[1])]).toEqual([fee, 0n])
  })
})
