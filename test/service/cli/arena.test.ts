/** A contest of two people and an organiser, by commands alone. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRelease } from '../../support/release.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'
import { callJson } from '../support/command-line.js'
import { tinyClassifier, tinyRows } from '../support/tiny-classifier.js'

let folder: string
const path = (name: string) => join(folder, name)
let chain: CliChain

/** A verb that needs no chain and must succeed. */
async function build(...args: string[]) {
  const { code, document } = await callJson(args)
  if (code !== 0) throw new Error(JSON.stringify(document))
  return document
}

async function publish(person: number, bundle: string): Promise<string> {
  const { modelId, version } = await chain.done(['model', 'publish', path(bundle)], person)
  return `${modelId}:${version}`
}

const [organiser, ann, ben, eve] = [0, 1, 2, 3]
const secret = () => path('secret.json')
let arena: string
let contest: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-arena-'))
  chain = await startCliChain()
  writeFileSync(path('rows.json'), JSON.stringify(tinyRows(9)))
  writeFileSync(path('ann.onnx'), tinyClassifier([2, -1, -1, -1, 1, 1]))
  writeFileSync(path('ben.onnx'), tinyClassifier([1, 0, 0, 0, 0, 1]))
  const data = ['--calibration', path('rows.json')]
  await build(
    ...[
      'build',
      path('ann.onnx'),
      ...data,
      '--weights',
      'committed',
      '--output',
      'argmax',
      '--out',
      path('ann'),
    ],
  )
  await build('commit', path('ann'), path('ben.onnx'), ...data, '--out', path('ben'))
  await build('arena', 'evaluator', path('ann'), '--rows', '4', '--out', path('evaluator'))
})
afterAll(async () => {
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.runIf(isRelease)(
  'a contest: rows are committed to, versions entered, rows shown, counts proven, the prize shared',
  async () => {
    const evaluator = ['--evaluator', path('evaluator')]
    const data = ['--data', path('rows.json')]
    const committed = await build('arena', 'commit', path('ann'), ...data, ...evaluator, '--out', secret())
    expect(committed).toMatchObject({ rows: 8, leftOut: 1, commitments: expect.any(Array) })
    expect(statSync(secret()).mode & 0o777).toBe(0o600)
    ;({ arena } = await chain.done(['arena', 'deploy'], organiser))
    const terms = ['--enter-until', '1h', '--reveal-until', '2h', '--prove-until', '4h']
    const prize = ['--prize', '10', '--stake', '1', '--shares', '70,30']
    const opened = await chain.done(
      ['arena', 'open', path('ann'), secret(), '--arena', arena, ...evaluator, ...prize, ...terms],
      organiser,
    )
    expect(opened).toMatchObject({ contestId: '0', testSet: committed.testSet })
    contest = ['--arena', arena, '--contest', '0']
    const models = [await publish(ann, 'ann'), await publish(ben, 'ben')] as const
    const withModel = (verb: string, name: string, model: string) => [
      ...['arena', verb, path(name), ...contest, '--model', model, ...evaluator],
      ...['--link', path(`${name}.link`)],
    ]
    const enter = (name: string, model: string) => withModel('enter', name, model)
    const prove = (name: string, model: string) => [...withModel('prove', name, model), '--together', '1']
    const reveal = ['arena', 'reveal', secret(), ...contest]
    const settle = ['arena', 'settle', ...contest]

    expect(await chain.done(enter('ann', models[0]), ann)).toMatchObject({ entryId: '0' })
    expect(statSync(path('ann.link')).mode & 0o777).toBe(0o600)
    expect(await chain.done(enter('ben', models[1]), ben)).toMatchObject({ entryId: '1' })
    // Again: nothing is missing, nothing is sent.
    expect(await chain.done(enter('ann', models[0]), ann)).toMatchObject({ entryId: '0', transactions: [] })
    expect((await chain.refused(enter('ann', models[1]), ann)).message).toMatch(/its key is another/)
    expect((await chain.refused(reveal, organiser)).message).toMatch(/loses the prize/)
    expect((await chain.refused(prove('ann', models[0]), ann)).details.reason).toBe('NotRevealed')
    expect((await chain.refused(settle, organiser)).details.reason).toBe('TooEarly')

    await chain.pass(3600)
    const late = await publish(eve, 'ann')
    expect((await chain.refused(enter('ann', late), eve)).hints[0]).toMatch(/^Entries are closed/)
    expect((await chain.refused(prove('ann', late), eve)).message).toMatch(/is not entered/)
    expect(await chain.done(reveal, organiser)).toMatchObject({ revealed: [0, 1] })
    expect(await chain.done(reveal, organiser)).toMatchObject({ revealed: [] })

    const proven = await chain.done(prove('ann', models[0]), ann)
    expect(proven).toMatchObject({ entryId: '0', rows: 8, proven: [0, 1] })
    // Already proven and in the ranking: nothing is left to do.
    const { correct } = proven
    expect(await chain.done(prove('ann', models[0]), ann)).toMatchObject({
      correct,
      proven: [],
      transactions: [],
    })
    await chain.done(prove('ben', models[1]), ben)
    await chain.pass(4 * 3600)
    expect(await chain.done(settle, eve)).toMatchObject({ status: 'settled' })

    const { entries, ...state } = await chain.done(['arena', 'show', ...contest])
    expect(state).toMatchObject({ phase: 'settled', scored: 2, fairlyRevealed: true })
    const ranked = [1, 2].map((place) => entries.find((entry: { place: number }) => entry.place === place))
    expect(ranked[0].correct).toBeGreaterThanOrEqual(ranked[1].correct)
    expect(ranked.map(({ credit }) => credit)).toEqual([parseEther('8'), parseEther('4')].map(String))
    const winner = chain.accounts.indexOf(ranked[0].entrant)
    const withdraw = ['arena', 'withdraw', '--arena', arena]
    expect(await chain.done(withdraw, winner)).toMatchObject({ amount: String(parseEther('8')) })
    expect((await chain.refused(withdraw, eve)).details.reason).toBe('NothingToWithdraw')
  },
)

test.runIf(isRelease)('wrong uses end with one line and what to do', async () => {
  const { stdout } = await chain.say(['arena', 'show', ...contest])
  expect(stdout).toMatch(/^contest +0: settled\n/)
  const none = await chain.refused(['arena', 'show', '--arena', arena, '--contest', '7'])
  expect(none.details.reason).toBe('NoContest')
  expect((await chain.refused(['arena', 'settle', ...contest])).message).toMatch(/ZKSERVE_PRIVATE_KEY/)
  const shares = await chain.refused(['arena', 'open', 'x', 'y', '--shares', '70,20'])
  expect(shares.message).toMatch(/percentages that make 100/)

  const damaged = JSON.parse(readFileSync(secret(), 'utf8'))
  damaged.chunks[0].commitment = '1'
  writeFileSync(path('damaged.json'), JSON.stringify(damaged))
  for (const [file, message] of [
    ['damaged.json', /is damaged: its id/],
    ['rows.json', /damaged, or another file/],
    ['none.json', /does not exist/],
  ] as const) {
    const error = await chain.refused(['arena', 'reveal', path(file), ...contest], organiser)
    expect(error.message).toMatch(message)
  }
  writeFileSync(join(path('evaluator'), 'link_key.bin'), 'x')
  const evaluator = ['--evaluator', path('evaluator'), '--data', path('rows.json')]
  const corrupt = await callJson(['arena', 'commit', path('ann'), ...evaluator, '--out', path('other.json')])
  expect(corrupt).toMatchObject({ code: 1, document: { error: { code: 'BUNDLE_CORRUPT' } } })
})
