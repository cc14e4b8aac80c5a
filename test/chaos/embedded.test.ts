/** One process with its embedded database, killed again and again while it works. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { digitsBundle, pairBundle } from '../service/support/bundles.js'
import { RandomSource } from '../support/random-source.js'
import { isRelease } from '../support/release.js'
import { allEnded, audit } from './audit.js'
import { ChaosClient } from './client.js'
import { Member } from './fleet.js'
import { emptyLedger, note, watchStandstills } from './ledger.js'
import { allTold, type Receiver, startReceiver } from './receiver.js'
import { diagnosis, renderLedger } from './report.js'
import { requestMaker } from './requests.js'

const kills = isRelease ? 30 : 2
const seed = Number(process.env.ZKSERVE_CHAOS_SEED ?? 20_251_122)

const ledger = emptyLedger()
const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
let receiver: Receiver
let member: Member

beforeAll(async () => {
  receiver = await startReceiver(ledger)
  const models = ['--models', await pairBundle(), await digitsBundle()]
  const flags = ['--data-dir', join(folder, 'data'), '--webhook-allow', receiver.host, ...models]
  member = await Member.start({ flags, database: null })
  await receiver.register(member.url)
})

afterAll(async () => {
  await member?.end()
  receiver?.close()
  rmSync(folder, { recursive: true, force: true })
})

test(
  'nothing that was acknowledged is lost or done twice',
  async () => {
    const random = new RandomSource(seed)
    const options = { ledger, random, pause: 400, apis: () => [member.url], body: requestMaker(random) }
    const client = new ChaosClient(options)
    const stop = new AbortController()
    const watched = watchStandstills(ledger)
    const clients = Array.from({ length: 4 }, (_, first) => client.run(first + 1, 4, stop.signal))
    while (ledger.kills.length < kills) {
      const enough = ledger.accepted.size + 8 + random.below(20)
      while (ledger.accepted.size < enough) await sleep(20)
      ledger.kills.push({ kind: 'all', at: Date.now(), jobs: null })
      note(ledger, `killed: ${member.pid}`)
      await member.kill()
      await member.up()
      note(ledger, `up: ${member.pid}`)
    }
    stop.abort()
    await Promise.all(clients)
    await allEnded(ledger, client, 120_000)
    await allTold(ledger, receiver, 120_000)
    watched()
    const bundles = new Map([
      ['pair', await loadBundle(await pairBundle())],
      ['digits', await loadBundle(await digitsBundle())],
    ])
    const { states, recoveries, ...wrong } = await audit(ledger, client, member.url, bundles, receiver)
    console.log(renderLedger(`Embedded, seed ${seed}`, ledger, { ...wrong, states, recoveries }, receiver))
    const found = { ...wrong, unexpected: ledger.unexpected }
    const none = { lost: [], double: [], invalid: [], unexpected: [] }
    if (JSON.stringify(found) !== JSON.stringify(none)) console.log(diagnosis(ledger, [member]))
    expect(found).toEqual(none)
    expect(ledger.accepted.size).toBeGreaterThan(0)
  },
  isRelease ? 1_200_000 : 300_000,
)
