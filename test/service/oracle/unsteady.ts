import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { readCredit } from '#service/chain/read-credit.js'
import { openMemory } from '#service/database/open-database.js'
import { type MeddlingRpc, meddlingRpc } from './meddling-rpc.js'
import {
  type Backstage,
  backstage,
  ledgerOf,
  type OracleStage,
  oracleStage,
  type TinyBundles,
  tinyBundles,
} from './oracle-stage.js'

/** Accounts 1 and 2 of anvil: a watcher's and its rival's. */
export const accounts = [
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
] as const

/** What each test of a file gets for itself. */
export interface Unsteady {
  bundles: TinyBundles
  stage: OracleStage
  back: Backstage
  rpc: MeddlingRpc
}

/** A chain, a database and a meddling endpoint for each test; ended after it. */
export function forEachTest(): Unsteady {
  const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  const given = {} as Unsteady
  beforeAll(async () => {
    given.bundles = await tinyBundles(folder)
  })
  beforeEach(async () => {
    given.stage = await oracleStage(given.bundles)
    given.back = await backstage(given.stage, given.bundles, await openMemory())
    given.rpc = await meddlingRpc(given.stage.anvil.rpcUrl)
  })
  afterEach(async () => {
    await given.back.close()
    await given.rpc.close()
    await given.stage.anvil.stop()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return given
}

export const creditOf = ({ asker, oracle }: OracleStage, account: `0x${string}`) =>
  readCredit(asker, { contract: oracle, account })

/** Options of a watcher that dies before a step. */
export const dying = (fatal: string) => ({
  step: (step: string) => {
    if (step === fatal) throw new Error(`killed before ${step}`)
  },
})

/** Looks until an answer is on its way. */
export async function untilSent(
  { database }: Backstage,
  watcher: ReturnType<Backstage['watcher']>,
): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await watcher.look()
    if (Object.values(await ledgerOf(database)).includes('sent')) return
    await sleep(20)
  }
  throw new Error(JSON.stringify(await ledgerOf(database)))
}
