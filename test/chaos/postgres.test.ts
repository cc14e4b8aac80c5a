/** Several APIs and workers over one Postgres, while everything is killed and cut off again and again. */
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { postgresPrograms, startPostgres, type TestPostgres } from '#scripts/fleet/postgres.js'
import { digitsBundle, pairBundle } from '../service/support/bundles.js'
import { RandomSource } from '../support/random-source.js'
import { isRelease } from '../support/release.js'
import { allEnded, audit } from './audit.js'
import { ChaosClient } from './client.js'
import { Member } from './fleet.js'
import { emptyLedger, watchStandstills } from './ledger.js'
import { Monkey } from './monkey.js'
import { allTold, type Receiver, startReceiver } from './receiver.js'
import { diagnosis, renderLedger } from './report.js'
import { requestMaker } from './requests.js'

const size = isRelease
  ? { apis: 2, workers: 3, clients: 12, kills: 120, partition: 30_000, pause: 1500 }
  : { apis: 2, workers: 2, clients: 8, kills: 5, partition: 12_000, pause: 600 }
const seed = Number(process.env.ZKSERVE_CHAOS_SEED ?? 20_251_121)
/** ms within which a killed worker's job runs again: asserted where the machine is the test's alone. */
const bound = 30_000

const ledger = emptyLedger()
let postgres: TestPostgres
let receiver: Receiver
const apis: Member[] = []
const workers: Member[] = []

beforeAll(async () => {
  if (postgresPrograms() === null) return
  postgres = await startPostgres()
  receiver = await startReceiver(ledger)
  const models = ['--models', await pairBundle(), await digitsBundle()]
  const flags = ['--concurrency', '1', '--webhook-allow', receiver.host, ...models]
  const start = (role: string) => Member.start({ flags: ['--role', role, ...flags], database: postgres.port })
  const several = (count: number, role: string) =>
    Promise.all(Array.from({ length: count }, () => start(role)))
  apis.push(...(await several(size.apis, 'api')))
  workers.push(...(await several(size.workers, 'worker')))
  await receiver.register(apis[0]!.url)
})

afterAll(async () => {
  await Promise.all([...apis, ...workers].map((member) => member.end()))
  receiver?.close()
  postgres?.end()
})

test.skipIf(postgresPrograms() === null)(
  'nothing that was acknowledged is lost or done twice, whatever is killed or cut off',
  async () => {
    onTestFailed(() => console.log(diagnosis(ledger, [...apis, ...workers])))
    const random = new RandomSource(seed)
    const watched = watchStandstills(ledger)
    const client = new ChaosClient({
      apis: () => apis.map(({ url }) => url),
      body: requestMaker(random),
      ...{ ledger, random, pause: size.pause },
    })
    const stop = new AbortController()
    const clients = Array.from({ length: size.clients }, (_, first) =>
      client.run(first + 1, size.clients, stop.signal),
    )
    const { pause, partition } = size
    const monkey = new Monkey({ apis, workers, postgres, ledger, random, pause, partition })
    await monkey.run(size.kills)
    stop.abort()
    await Promise.all(clients)
    await allEnded(ledger, client, 120_000)
    await allTold(ledger, receiver, 120_000)
    watched()
    const bundles = new Map([
      ['pair', await loadBundle(await pairBundle())],
      ['digits', await loadBundle(await digitsBundle())],
    ])
    const found = await audit(ledger, client, apis[0]!.url, bundles, receiver)
    console.log(renderLedger(`Postgres, seed ${seed}`, ledger, found, receiver))
    const late = found.recoveries.filter((time) => time > bound)
    expect({ ...found, states: {}, recoveries: [], unexpected: ledger.unexpected }).toEqual({
      ...{ lost: [], double: [], invalid: [], unexpected: [], states: {}, recoveries: [] },
    })
    // The only error by which a job may end here: three of its workers were killed.
    const failures = Object.keys(found.states).filter((state) => state.startsWith('failed'))
    expect(failures.filter((state) => state !== 'failed WORKER_LOST')).toEqual([])
    if (!isRelease) return
    expect(late).toEqual([])
    expect(ledger.accepted.size).toBeGreaterThanOrEqual(500)
    const signals = ledger.kills.filter(({ kind }) => kind !== 'database')
    expect(signals.length).toBeGreaterThanOrEqual(100)
  },
  isRelease ? 3_600_000 : 300_000,
)
