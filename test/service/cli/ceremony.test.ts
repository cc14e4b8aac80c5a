/** The verbs of a ceremony as processes: exit codes, interruptions. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadBundle } from '#prover/bundle/load.js'
import { ceremonyPower, ceremonyTimeout } from '../../support/ceremony-bundle.js'
import { beaconValue, makePowers } from '../../support/powers-of-tau.js'
import { pairBundle } from '../support/bundles.js'
import { callCommand, callJson, finish, type JsonReply, startCommand } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-ceremony-cli-'))
const environment = { ZKSERVE_CACHE: join(folder, 'cache') }
const dir = join(folder, 'ceremony')
let bundle: string
let ptau: string

beforeAll(async () => {
  bundle = await pairBundle()
  ptau = (await makePowers(folder, ceremonyPower)).contributed
})
afterAll(() => rmSync(folder, { recursive: true }))

async function ceremony(...args: readonly string[]): Promise<JsonReply> {
  const { code, stdout, stderr } = await finish(startCommand(['ceremony', ...args, '--json'], environment))
  expect(stderr).toBe('')
  return { code, document: JSON.parse(stdout) }
}

/** Starts a step that takes hours, and waits until it writes. */
async function startLongStep(): Promise<ChildProcess> {
  const args = ['ceremony', 'beacon', dir, '--hash', beaconValue, '--iterations', '30', '--json']
  const child = startCommand(args, environment)
  while (child.exitCode === null && !readdirSync(dir).some((name) => name.startsWith('.')))
    await setTimeout(20)
  return child
}

test(
  'the commands in order make a bundle for production',
  async () => {
    expect(await ceremony('import', ptau)).toMatchObject({ code: 0, document: { power: 7, check: 'full' } })
    expect(await ceremony('new', bundle, '--ptau', ptau, '--out', dir)).toMatchObject({ code: 0 })
    expect(await ceremony('verify', dir)).toMatchObject({ code: 1, document: { valid: false } })
    const made = await ceremony('contribute', dir, '--name', 'Ada')
    expect(made).toMatchObject({
      code: 0,
      document: { number: 1, hash: expect.stringMatching(/^[0-9a-f]{128}$/) },
    })

    const before = readdirSync(dir)
    const first = readFileSync(join(dir, '0001.zkey'))
    const interrupted = await startLongStep()
    const ended = finish(interrupted)
    interrupted.kill('SIGINT')
    const { code, stdout } = await ended
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 130, error: { code: 'CANCELLED' } })
    expect(readdirSync(dir)).toEqual(before)

    const killed = await startLongStep()
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(readdirSync(dir).length).toBe(before.length + 1)
    expect(readFileSync(join(dir, '0001.zkey')).equals(first)).toBe(true)

    expect(await ceremony('beacon', dir, '--hash', beaconValue)).toMatchObject({
      code: 0,
      document: { number: 2 },
    })
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([])
    const out = join(folder, 'production')
    const exported = await ceremony('export', dir, '--bundle', bundle, '--out', out)
    expect(exported.code).toBe(0)
    const { manifest } = await loadBundle(out)
    expect(manifest.vkHash).toBe(exported.document.vkHash)
    expect(manifest.setup).toEqual({
      kind: 'ceremony',
      production: true,
      transcript: exported.document.transcript,
    })
  },
  ceremonyTimeout,
)

test('a file that is no key does not hold: exit code 1', async () => {
  const { code, document } = await callJson(['ceremony', 'verify', ptau])
  expect({ code, document }).toMatchObject({ code: 1, document: { valid: false } })
})

test.each([
  [['new', folder, '--ptau', 'none', '--out', dir], 'BUNDLE_NOT_FOUND'],
  [['contribute', folder, '--name', 'x'], 'FILE_NOT_FOUND'],
  [['contribute', join(folder, 'none.zkey'), '--name', 'x'], 'FILE_NOT_FOUND'],
  [['contribute', folder], 'USAGE'],
  [['beacon', folder, '--hash', beaconValue, '--iterations', 'many'], 'USAGE'],
  [['import', join(folder, 'none.ptau')], 'FILE_NOT_FOUND'],
  [[], 'USAGE'],
])('bad input: %j is %s, exit code 2', async (args, code) => {
  expect(await callJson(['ceremony', ...args])).toMatchObject({ code: 2, document: { error: { code } } })
})

test('help tells the order of the verbs', async () => {
  const { code, stdout } = await callCommand(['ceremony', '--help'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/import.*new.*contribute.*beacon.*verify.*export/s)
})
