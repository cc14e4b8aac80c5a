/** Two watchers of one account over one Postgres: the compiled service, killed without a word while it leads. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keccak256, parseTransaction } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresPrograms } from '#scripts/fleet/postgres.js'
import type { ServiceProcess } from '#scripts/fleet/service-process.js'
import { type Fleet, startFleet } from '#scripts/fleet/start-fleet.js'
import { type Database, openPostgres } from '#service/database/open-database.js'
import { isRelease } from '../../support/release.js'
import { type Meddler, type MeddlingRpc, meddlingRpc } from './meddling-rpc.js'
import {
  fee,
  ledgerOf,
  type OracleStage,
  oracleStage,
  type TinyBundles,
  tinyBundles,
} from './oracle-stage.js'
import { accounts, creditOf } from './unsteady.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
let bundles: TinyBundles
let stage: OracleStage
let rpc: MeddlingRpc
let fleet: Fleet
let database: Database

beforeAll(async () => {
  if (postgresPrograms() === null) return
  bundles = await tinyBundles(folder)
  stage = await oracleStage(bundles)
  rpc = await meddlingRpc(stage.anvil.rpcUrl)
  fleet = await startFleet(['--models', bundles.plain.dir, '--concurrency', '1'])
  database = await openPostgres(fleet.database, () => {})
})
afterAll(async () => {
  await database?.close()
  await fleet?.end()
  await rpc?.close()
  await stage?.anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A watcher; answers go out two at a time, so that there is a middle. */
function startWatcher(): Promise<ServiceProcess> {
  const settings = {
    ...{ '--oracle': stage.oracle, '--oracle-rpc': rpc.url, '--chain-id': '31337', '--oracle-poll': '100' },
    ...{ '--oracle-confirmations': '0', '--oracle-start-block': '1', '--oracle-batch': '2' },
  }
  return fleet.start('oracle', Object.entries(settings).flat(), {
    ZKSERVE_ORACLE_KEY: stage.anvil.privateKeys[1]!,
  })
}

/** The process that holds the lease: its id is in its name. */
async function leader(): Promise<ServiceProcess> {
  const { owner } = await database.tables
    .selectFrom('oracle_watches')
    .select('owner')
    .executeTakeFirstOrThrow()
  return fleet.processes.find(({ pid }) => owner!.includes(`-${pid}-`))!
}

/** Kills the leader as soon as it asks the chain something; what it asked is lost. */
function killWhenAsked(isFatal: (call: Parameters<Meddler>[0]) => boolean): Promise<ServiceProcess> {
  return new Promise((resolve, reject) => {
    rpc.meddle((call) => {
      if (!isFatal(call)) return null
      rpc.meddle(null)
      leader()
        .then(async (dead) => {
          await dead.kill()
          resolve(dead)
        })
        .catch(reject)
      return 'hang up'
    })
  })
}

const transactions = () =>
  database.tables.selectFrom('oracle_transactions').selectAll().orderBy('id').execute()

test.runIf(isRelease && postgresPrograms() !== null)(
  'answer each request once, and pay for it once, whichever of them is killed on the way',
  async () => {
    await fleet.start('worker')
    await Promise.all([startWatcher(), startWatcher()])
    const ids: bigint[] = []
    const askFor = async (count: number) => {
      for (let i = 0; i < count; i++) ids.push(await stage.ask({}, ids.length % 8))
    }
    // Signed and on record, but not sent.
    const first = killWhenAsked(({ method }) => method === 'eth_sendRawTransaction')
    await askFor(4)
    const firstDead = await first
    const [onRecord] = await transactions()
    expect(await stage.answersTo()).toBe(0)
    await startWatcher()

    // Sent by the other, and mined, while nobody knows yet: the one that comes next finds out.
    let sent = 0
    const second = killWhenAsked(({ method }) => {
      if (method === 'eth_sendRawTransaction') sent++
      return sent > 1 && method === 'eth_getTransactionReceipt'
    })
    await askFor(3)
    const secondDead = await second
    expect(secondDead.pid).not.toBe(firstDead.pid)
    await askFor(1)

    const states = async () => Object.values(await ledgerOf(database))
    while ((await states()).filter((state) => state === 'fulfilled').length < ids.length) await sleep(100)
    expect(await ledgerOf(database)).toEqual(Object.fromEntries(ids.map((id) => [String(id), 'fulfilled'])))
    for (const id of ids) expect(await stage.answersTo(id)).toBe(1)
    expect(await creditOf(stage, accounts[0])).toBe(fee * BigInt(ids.length))

    // The heir sent what it found as it was: all that the account paid gas for is what the ledger knows, once.
    const rows = await transactions()
    expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'mined'))
    expect(new Set(rows.map(({ nonce }) => nonce)).size).toBe(rows.length)
    expect(rows[0]!.hash).toBe(onRecord!.hash)
    const { client } = stage.asker
    expect(await client.getTransactionCount({ address: accounts[0] })).toBe(rows.length)
    let cost = 0n
    for (const { hash, raw } of rows) {
      expect(keccak256(raw as `0x${string}`)).toBe(hash)
      expect(parseTransaction(raw as `0x${string}`).to).toBe(stage.oracle.toLowerCase())
      const { status, gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({
        hash: hash as `0x${string}`,
      })
      expect(status).toBe('success')
      cost += gasUsed * effectiveGasPrice
    }
    expect(rows.reduce((sum, row) => sum + BigInt(row.cost!), 0n)).toBe(cost)
    expect(10_000n * 10n ** 18n - (await client.getBalance({ address: accounts[0] }))).toBe(cost)
    // One proof for each.
    expect(await database.tables.selectFrom('jobs').select('id').execute()).toHaveLength(ids.length)
  },
  300_000,
)
