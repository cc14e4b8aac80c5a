/** Two rounds of a coordinator and two members, by commands alone. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RoundRules } from '#circuits/federated/rules.js'
import { commitUpdate } from '#prover/federated/commitments.js'
import { sendCommitment } from '#service/chain/federated/member.js'
import { isRelease } from '../../support/release.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'
import { callJson } from '../support/command-line.js'

let folder: string
const path = (name: string) => join(folder, name)
const rules: RoundRules = { members: 2, size: 4, updateBits: 8, clipBits: 3, weightBits: 16 }
const [coordinator, ann, ben, stranger] = [0, 1, 2, 3]
const hour = 3600
let chain: CliChain
let rounds: Address

const call = (verb: string, ...args: string[]) => ['federated', verb, ...args, '--rounds', rounds]
const settle = (openings: readonly string[], weights: string, out: string) =>
  call(
    ...(['settle', ...openings.map(path), '--circuit', path('circuit')] as const),
    ...['--weights', path(weights), '--out', path(out)],
  )

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-federated-'))
  chain = await startCliChain()
  const sizes = [
    '--members',
    '2',
    '--size',
    '4',
    '--update-bits',
    '8',
    '--clip-bits',
    '3',
    '--weight-bits',
    '16',
  ]
  const { code } = await callJson(['federated', 'circuit', ...sizes, '--out', path('circuit')])
  expect(code).toBe(0)
  const members = [ann, ben].flatMap((person) => ['--member', chain.accounts[person]!])
  const periods = ['commit', 'handover', 'reveal', 'prove'].flatMap((name) => [`--${name}-period`, '1h'])
  const money = ['--stake', '1', '--bond', '2', '--drop-penalty', '0.25']
  const deployed = await chain.done(
    [
      'federated',
      'deploy',
      path('circuit'),
      ...members,
      ...periods,
      ...money,
      '--weights',
      path('weights-0.json'),
    ],
    coordinator,
  )
  rounds = deployed.rounds
  for (const [name, update] of Object.entries({ ann: [3, -2, 100, 0], ben: [1, 2, 7, -1] }))
    writeFileSync(path(`${name}.json`), JSON.stringify({ update }))
})
afterAll(async () => {
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.runIf(isRelease)(
  'a round: updates are committed to, handed over or revealed, averaged by a proof, and paid',
  async () => {
    expect(statSync(path('weights-0.json')).mode & 0o777).toBe(0o600)
    expect(await chain.done(call('show'))).toMatchObject({ round: null, roundCount: '0' })
    expect(
      (await chain.refused(call('commit', path('ann.json'), '--out', path('no')), ann)).details.reason,
    ).toBe('NoRound')
    for (const member of [ann, ben])
      expect(await chain.done(call('join'), member)).toMatchObject({ amount: String(parseEther('1')) })
    expect(await chain.done(call('join'), ann)).toMatchObject({ amount: '0' })
    expect((await chain.refused(call('join'), stranger)).message).toMatch(/is no member/)
    expect((await chain.refused(call('open', '--reward', '1'), ann)).details.reason).toBe('NotCoordinator')
    expect(await chain.done(call('open', '--reward', '1'), coordinator)).toMatchObject({ roundId: '0' })
    expect((await chain.refused(call('open', '--reward', '1'), coordinator)).hints[0]).toMatch(
      /^One round at a time/,
    )

    await chain.done(call('commit', path('ann.json'), '--out', path('ann.opening')), ann)
    expect(statSync(path('ann.opening')).mode & 0o777).toBe(0o600)
    const again = await chain.refused(call('commit', path('ann.json'), '--out', path('ann.opening')), ann)
    expect(again.code).toBe('BUNDLE_EXISTS')
    await chain.done(call('commit', path('ben.json'), '--out', path('ben.opening')), ben)
    const early = await chain.refused(call('acknowledge', path('ann.opening')), coordinator)
    expect(early.details.reason).toBe('WrongPeriod')

    await chain.pass(hour + 60)
    const acknowledged = await chain.done(call('acknowledge', path('ann.opening')), coordinator)
    expect(acknowledged).toMatchObject({ acknowledged: [0], updates: [{ slot: 0, state: 'good' }] })
    expect((await chain.refused(call('report', path('ann.opening')), ben)).message).toMatch(
      /nothing to report/,
    )
    await chain.pass(hour)
    await chain.done(call('reveal', path('ben.opening')), ben)
    await chain.pass(hour)

    const missing = await chain.refused(settle([], 'weights-0.json', 'x.json'), coordinator)
    expect(missing.message).toMatch(/openings of slots 0 are needed/)
    // The other update is read from the chain.
    const settled = await chain.done(settle(['ann.opening'], 'weights-0.json', 'weights-1.json'), coordinator)
    expect(settled).toMatchObject({ roundId: '0', included: [0, 1] })
    // Clipped to -8 … 7, then averaged, in units of an update's half.
    expect(JSON.parse(readFileSync(path('weights-1.json'), 'utf8')).weights).toEqual([4, 0, 14, -1])
    const shown = await chain.done(call('show', '--weights', path('weights-1.json')))
    expect(shown).toMatchObject({ weights: settled.weights, weightsOpen: true, round: { phase: 'settled' } })
    const half = String(parseEther('0.5'))
    expect(shown.members).toMatchObject([
      { slot: 0, state: 'included', credit: half },
      { slot: 1, state: 'included', credit: half },
    ])
    expect((await chain.refused(call('show', '--weights', path('weights-0.json')))).code).toBe(
      'INVALID_INPUT',
    )
    expect(await chain.done(call('withdraw'), ann)).toMatchObject({ amount: half })
  },
)

test.runIf(isRelease)('who commits to no update is slashed, and what is not proven ends', async () => {
  await chain.done(call('open', '--reward', '1'), coordinator)
  await chain.done(call('commit', path('ann.json'), '--out', path('ann-1.opening')), ann)
  // No verb makes this: words that hold more than their lanes.
  const opening = { salt: 5n, words: [1n << 250n] }
  const { round } = await chain.done(call('show'))
  const commitment = await commitUpdate(rules, 1, BigInt(round.weights), opening)
  await sendCommitment(await chain.writer(ben), { rounds, roundId: 1n, commitment })
  const file = JSON.parse(readFileSync(path('ann-1.opening'), 'utf8'))
  const write = (name: string, changed: object) =>
    writeFileSync(path(name), JSON.stringify({ ...file, ...changed }))
  write('malformed', { slot: 1, commitment: String(commitment), salt: '5', words: [String(1n << 250n)] })
  write('changed', { salt: '6' })
  write('short', { words: [] })

  await chain.pass(hour + 60)
  const judged = await chain.call(call('acknowledge', path('malformed'), path('changed')), coordinator)
  expect(judged).toMatchObject({
    code: 1,
    document: { acknowledged: [], updates: [{ state: 'malformed' }, { state: 'mismatch' }] },
  })
  // It is not what its member signed.
  const unsigned = await chain.refused(call('report', path('changed')), stranger)
  expect(unsigned.details.reason).toBe('SignatureInvalid')
  expect(await chain.done(call('report', path('malformed')), stranger)).toMatchObject({ fault: 'malformed' })
  for (const [name, message] of [
    ['short', /damaged, or another file/],
    ['ann.opening', /of another round/],
    ['none', /does not exist/],
  ] as const)
    expect((await chain.refused(call('reveal', path(name)), ann)).message).toMatch(message)
  expect((await chain.refused(call('end'), stranger)).details.reason).toBe('RoundNotOver')
  expect((await chain.refused(call('end'))).message).toMatch(/ZKSERVE_PRIVATE_KEY/)
  await chain.pass(4 * hour)
  expect(await chain.done(call('end'), stranger)).toMatchObject({ roundId: '1', status: 'void' })
  expect((await chain.refused(settle([], 'weights-1.json', 'y.json'), coordinator)).message).toMatch(
    /is void/,
  )
  const { stdout } = await chain.say(call('show'))
  expect(stdout).toMatch(/^round +1: void$/m)
  expect(stdout).toMatch(/ slashed +0 ether /)
  await chain.done(call('resign'), ann)
  expect(await chain.done(call('withdraw'), ann)).toMatchObject({ amount: String(parseEther('1')) })
})
