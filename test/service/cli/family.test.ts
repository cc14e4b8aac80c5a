/** A family's version changes by a vote and is taken back by guardians, by commands alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEther } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliChain, startCliChain } from '../support/cli-chain.js'
import { callJson } from '../support/command-line.js'
import { tinyClassifier, tinyRows } from '../support/tiny-classifier.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-family-'))
const path = (name: string) => join(folder, name)
/** The founder and who publishes are guardians as well. */
const [founder, ann, ben, eve] = [0, 1, 2, 3]
const [gina, gus] = [founder, eve]
const [day, hour] = [86_400, 3600]
let chain: CliChain

/** More rows than one transaction counts. */
const rows = tinyRows(18)

let contracts: { governor: string; council: string; evaluations: string; timelock: string }
let government: string[]
let family: string[]

const evaluate = (bundle: string, model: string, ...where: readonly string[]) => [
  ...['family', 'evaluate', path(bundle), '--data', path('rows.json'), '--model', model, ...where],
]
const propose = (model: string) => [
  ...['family', 'propose', ...family, ...government, '--model', model, '--description', 'It sees more'],
]

async function publish(bundle: string): Promise<string> {
  const { modelId, version } = await chain.done(['model', 'publish', path(bundle)], eve)
  return `${modelId}:${version}`
}

beforeAll(async () => {
  chain = await startCliChain()
  writeFileSync(path('rows.json'), JSON.stringify(rows))
  writeFileSync(path('others.json'), JSON.stringify(tinyRows(17)))
  // One says almost always that the first is not the largest, the other compares.
  for (const [name, weights] of [
    ['blunt', [0.1, 0, 0, 1, 1, 1]],
    ['sharp', [2, -1, -1, -1, 1, 1]],
  ] as const) {
    writeFileSync(path(`${name}.onnx`), tinyClassifier(weights))
    const settings = ['--calibration', path('rows.json'), '--input', 'public', '--input-range', '0,1']
    const built = await callJson(['build', path(`${name}.onnx`), ...settings, '--out', path(name)])
    expect(built).toMatchObject({ code: 0 })
  }
})
afterAll(async () => {
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('votes, guardians and evaluations are deployed, and a family with an evaluated version', async () => {
  const { accounts } = chain
  const holders = ['--holder', `${accounts[ann]}:2`, '--holder', accounts[ben]!]
  const guardians = ['--guardian', accounts[gina]!, '--guardian', accounts[gus]!]
  const deploy = ['family', 'deploy', ...holders, ...guardians]
  const tooMany = await chain.refused([...deploy, '--guardian-quorum', '3'], founder)
  expect(tooMany.message).toMatch(/quorum of 3 takes more than 2 guardians/)
  contracts = await chain.done([...deploy, '--guardian-quorum', '2'], founder)
  const { governor, council, evaluations } = contracts
  government = ['--governor', governor]

  const first = await publish('blunt')
  const at = ['--evaluations', evaluations]
  const create = (testSet: string) => [
    ...['family', 'create', ...government, '--council', council, ...at, '--model', first],
    ...['--test-set', testSet, '--minimal-correct', '9'],
  ]
  const early = await chain.refused(create(`0x${'1'.repeat(64)}`), founder)
  expect(early).toMatchObject({ details: { reason: 'NotEvaluated' } })
  expect(early.hints[0]).toMatch(/zkserve family evaluate/)
  expect((await chain.refused(evaluate('sharp', first, ...at), eve)).message).toMatch(/its key is another/)

  const evaluated = await chain.done(evaluate('blunt', first, ...at), eve)
  expect(evaluated).toMatchObject({ rows: 18, correct: 12, counted: 18 })
  expect(evaluated.transactions).toHaveLength(2)
  // Again: all is counted, nothing is proven.
  const again = await chain.done(evaluate('blunt', first, ...at), eve)
  expect(again).toMatchObject({ correct: 12, counted: 0, transactions: [] })

  const created = await chain.done(create(evaluated.testSet), founder)
  expect(created).toMatchObject({ version: 1, correct: 12, timelock: contracts.timelock })
  family = ['--family', created.family]
})

test('a candidate is evaluated, proposed, voted for, queued and executed', async () => {
  const candidate = await publish('sharp')
  for (const voter of [ann, ben]) await chain.done(['family', 'delegate', ...government], voter)
  await chain.pass(1)
  const unproven = await chain.refused(propose(candidate), ann)
  expect(unproven).toMatchObject({ details: { reason: 'NotEvaluated' } })
  expect(unproven.hints[0]).toMatch(/zkserve family evaluate/)
  const others = evaluate('sharp', candidate, ...family).map((word) =>
    word.replace('rows.json', 'others.json'),
  )
  expect((await chain.refused(others, eve)).message).toMatch(/not the family's test set/)
  expect(await chain.done(evaluate('sharp', candidate, ...family), eve)).toMatchObject({ correct: 18 })

  const poor = await chain.refused(propose(candidate), eve)
  expect(poor).toMatchObject({ details: { reason: 'GovernorInsufficientProposerVotes' } })
  expect(poor.hints[0]).toMatch(/zkserve family delegate/)
  const { proposalId, description } = await chain.done(propose(candidate), ann)
  expect(description).toBe(`It sees more #proposer=${chain.accounts[ann]}`)
  expect((await chain.refused(propose(candidate), ann)).details.reason).toBe(
    'GovernorUnexpectedProposalState',
  )

  const proposal = [...government, '--proposal', proposalId]
  const vote = ['family', 'vote', ...proposal, '--choice', 'for']
  const queue = ['family', 'queue', ...proposal]
  const execute = ['family', 'execute', ...proposal]
  const tooEarly = await chain.refused(vote, ann)
  expect(tooEarly.message).toMatch(/^too early .*: the vote has not begun$/)
  expect(tooEarly.hints[0]).toMatch(/^Run it again after \d{4}-/)
  await chain.pass(day + hour)
  expect((await chain.refused(vote)).message).toMatch(/ZKSERVE_PRIVATE_KEY/)
  expect((await chain.refused(vote, eve)).details.reason).toBe('NoVotes')
  expect(await chain.done(vote, ann)).toMatchObject({ votes: String(parseEther('2')) })
  expect((await chain.refused(vote, ann)).details.reason).toBe('GovernorAlreadyCastVote')
  await chain.done(['family', 'vote', ...proposal, '--choice', 'against'], ben)
  expect((await chain.refused(queue, eve)).message).toMatch(/the vote has not ended$/)

  await chain.pass(3 * day)
  const unqueued = await chain.refused(execute, eve)
  expect(unqueued).toMatchObject({ details: { reason: 'WrongState', state: 'succeeded' } })
  expect(unqueued.hints[0]).toMatch(/zkserve family queue/)
  expect(await chain.done(queue, eve)).toMatchObject({ state: 'queued', current: 1 })
  expect((await chain.refused(execute, eve)).message).toMatch(/its delay has not passed$/)
  await chain.pass(2 * day + hour)
  expect(await chain.done(execute, eve)).toMatchObject({ state: 'executed', current: 2 })
  expect((await chain.refused(execute, eve)).message).toMatch(/is executed$/)

  const shown = await chain.done(['family', 'show', ...family, ...government])
  expect(shown).toMatchObject({ current: 2, objections: { objections: 0, quorum: 2 } })
  expect(shown.versions.map(({ status }: { status: string }) => status)).toEqual(['active', 'active'])
  expect(shown.proposals).toMatchObject([{ proposalId, state: 'executed', for: String(parseEther('2')) }])
  const later = ['--from-block', '100000']
  expect((await chain.done(['family', 'show', ...family, ...government, ...later])).proposals).toEqual([])
})

test('guardians deprecate it, and the version before comes back', async () => {
  const deprecate = ['family', 'deprecate', '2', ...family]
  expect((await chain.refused(deprecate, ann)).details.reason).toBe('NotMember')
  expect(await chain.done(deprecate, gina)).toMatchObject({ status: 'active', objections: 1, current: 2 })
  expect((await chain.refused(deprecate, gina)).hints[0]).toMatch(/--withdraw/)
  expect(await chain.done([...deprecate, '--withdraw'], gina)).toMatchObject({ objections: 0 })
  await chain.done(deprecate, gina)
  expect(await chain.done(deprecate, gus)).toMatchObject({ status: 'deprecated', objections: 2, current: 3 })
  expect((await chain.refused(deprecate, gus)).message).toMatch(/version 2 of the family is deprecated/)

  const { stdout } = await chain.say(['family', 'show', ...family, ...government])
  expect(stdout).toMatch(/^current version +3: 0 of 2 object$/m)
  expect(stdout).toMatch(/^ +2 +deprecated +3:1 +1 /m)
  expect(stdout).toMatch(/^votes +2 for, 1 against, 0 abstain; quorum 1.5$/m)
})

test('what is not there is said in one line', async () => {
  const none = await chain.refused(['family', 'queue', ...government, '--proposal', '7'], ann)
  expect(none).toMatchObject({ details: { reason: 'GovernorNonexistentProposal' } })
  const nobody = await chain.refused(['family', 'show', '--family', `0x${'9'.repeat(40)}`])
  expect(nobody).toMatchObject({ details: { reason: 'NoContract' } })
  const choice = await chain.refused(['family', 'vote', '--choice', 'yes'])
  expect(choice.message).toMatch(/for, against, abstain/)
})
