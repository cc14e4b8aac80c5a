/** The oracle by command: who asks, who answers, what is seen, what goes back, and what is refused. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEther } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedContracts } from '#contracts/generated/shared-contracts.js'
import { requestInference } from '#service/chain/request-inference.js'
import { pairBundle } from '../support/bundles.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'

const oracle = sharedContracts.InferenceOracle.address
/** Accounts: who holds the models, who asks, who answers, who does neither. */
const [holder, asker, prover, stranger] = [0, 1, 2, 3]
let folder: string
let chain: CliChain
let open: string
let hashed: string
let input: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-oracle-'))
  input = file('input.json', { inputs: { a: [0, 0.5, 1], b: [1, 0, 0.5] } })
  ;[chain, open, hashed] = await Promise.all([startCliChain(), pairBundle(), pairBundle({ input: 'hashed' })])
  await chain.done(['model', 'publish', open], holder)
  await chain.done(['model', 'publish', hashed], holder)
  await chain.done(['model', 'royalty', '1', '--percent', '10'], holder)
})
afterAll(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

const ask = (model: string, bundle: string, ...more: string[]) => [
  ...['oracle', 'request', '--model', model, '--bundle', bundle, '--input', input, '--fee', '0.01', ...more],
]
const fulfil = (request: string, bundle: string, ...more: string[]) => [
  ...['oracle', 'fulfil', request, '--bundle', bundle, ...more],
]

describe('a request about public inputs', () => {
  let request: string

  test('escrows its fee', async () => {
    const asked = await chain.done(ask('1:1', open, '--deadline', '2h'), asker)
    expect(asked).toMatchObject({
      modelId: '1',
      version: 1,
      fee: String(10n ** 16n),
      royaltyBps: 1000,
      oracle,
    })
    expect(asked).toMatchObject({ salt: null, saturated: 0, requestId: '0' })
    request = asked.requestId
    const shown = await chain.done(['oracle', 'show', request])
    expect(shown).toMatchObject({ status: 'open', asker: chain.accounts[asker], isOver: false })
  })

  test('is answered once, by whoever has the model, who is paid but for the royalty', async () => {
    expect(await chain.refused(fulfil(request, hashed), prover)).toMatchObject({
      code: 'USAGE',
      message: 'the bundle is another model than 1:1',
    })
    expect(await chain.refused(fulfil(request, open, '--fee', '0.02'), prover)).toMatchObject({
      message: 'the request offers 0.01 ether, not 0.02 ether',
    })
    const answered = await chain.done(fulfil(request, open, '--fee', '0.008'), prover)
    expect(answered).toMatchObject({
      payee: chain.accounts[prover],
      fee: String(8n * 10n ** 15n),
      royalty: String(8n * 10n ** 14n),
      callbackFailed: false,
      label: expect.any(Number),
    })
    expect(await chain.refused(fulfil(request, open), stranger)).toMatchObject({
      message: `request ${request} is fulfilled`,
    })
    const shown = await chain.done([
      'oracle',
      'show',
      request,
      '--bundle',
      open,
      '--account',
      chain.accounts[asker]!,
    ])
    expect(shown).toMatchObject({ status: 'fulfilled', credit: String(2n * 10n ** 15n) })
    expect(shown.inference.label).toBe(answered.label)
    expect(shown.answer).toMatchObject({ payee: chain.accounts[prover], statement: answered.statement })
    const { stdout } = await chain.say(['oracle', 'show', request, '--bundle', open])
    expect(stdout).toMatch(/^fee +0\.01 ether, of it 10 % at most for the holder$/m)
    expect(stdout).toMatch(new RegExp(`^label +${answered.label}$`, 'm'))
    expect(await chain.refused(['oracle', 'show', request, '--bundle', hashed])).toMatchObject({
      code: 'USAGE',
    })
  })

  test('pays out to whom it owes, once', async () => {
    const { amount } = await chain.done(['oracle', 'withdraw', '--to', chain.accounts[stranger]!], prover)
    expect(amount).toBe(String(72n * 10n ** 14n))
    expect(await chain.done(['oracle', 'withdraw'], holder)).toMatchObject({
      amount: String(8n * 10n ** 14n),
    })
    expect(await chain.refused(['oracle', 'withdraw'], prover)).toMatchObject({
      details: { reason: 'NothingToWithdraw' },
      hints: [expect.stringContaining('no credit')],
    })
  })
})

describe('a request about hashed inputs', () => {
  test('needs a way for provers to know the input', async () => {
    expect(await chain.refused(ask('2:1', hashed), asker)).toMatchObject({
      code: 'USAGE',
      hints: [expect.stringContaining('--opening')],
    })
    expect(await chain.refused(ask('1:1', open, '--reveal'), asker)).toMatchObject({ code: 'USAGE' })
  })

  test('is answered by whom the opening was given, in a file for its eyes alone', async () => {
    const opening = join(folder, 'opening.json')
    const { requestId, salt } = await chain.done(ask('2:1', hashed, '--opening', opening), asker)
    expect(statSync(opening).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(opening, 'utf8'))).toMatchObject({ salt })
    expect(await chain.refused(fulfil(requestId, hashed), prover)).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('hidden'),
    })
    expect(await chain.refused(ask('2:1', hashed, '--opening', opening), asker)).toMatchObject({
      message: expect.stringContaining('exists already'),
    })
    const words = JSON.parse(readFileSync(opening, 'utf8')).words
    const wrong = file('wrong.json', { salt: '1', words })
    expect(await chain.refused(fulfil(requestId, hashed, '--opening', wrong), prover)).toMatchObject({
      code: 'INVALID_INPUT',
    })
    const broken = file('broken.json', { salt, words: [1] })
    expect(await chain.refused(fulfil(requestId, hashed, '--opening', broken), prover)).toMatchObject({
      message: 'the file is no opening of an input',
    })
    await chain.done(fulfil(requestId, hashed, '--opening', opening), prover)
  })

  test('is answered by anyone where the input is revealed', async () => {
    const { requestId } = await chain.done(ask('2:1', hashed, '--reveal'), asker)
    const { payee } = await chain.done(
      fulfil(requestId, hashed, '--payee', chain.accounts[holder]!),
      stranger,
    )
    expect(payee).toBe(chain.accounts[holder])
  })

  test('is the same for the same salt, which a watcher may have given', async () => {
    const [first, second] = [
      await chain.done(ask('2:1', hashed, '--salt', '7'), asker),
      await chain.done(ask('2:1', hashed, '--salt', '0x7'), asker),
    ]
    expect(first.input).toEqual(second.input)
    expect(first.salt).toBe('7')
  })
})

describe('a request that nobody answers', () => {
  test('is refunded after its deadline, and not answered then', async () => {
    const { requestId } = await chain.done(ask('1:1', open, '--deadline', '10m'), asker)
    expect(await chain.refused(['oracle', 'refund', requestId], stranger)).toMatchObject({
      details: { reason: 'NotRefundable' },
      hints: [expect.stringContaining('still in time')],
    })
    await chain.pass(601)
    expect((await chain.done(['oracle', 'show', requestId])).isOver).toBe(true)
    expect(await chain.refused(fulfil(requestId, open), prover)).toMatchObject({
      message: expect.stringMatching(/^the deadline of request \d+ passed/),
    })
    const refunded = await chain.done(['oracle', 'refund', requestId], stranger)
    expect(refunded).toMatchObject({ asker: chain.accounts[asker], amount: String(10n ** 16n) })
  })

  test('is refunded when its version is revoked, and none is asked any more', async () => {
    const { modelId } = await chain.done(['model', 'publish', open], holder)
    const { requestId } = await chain.done(ask(`${modelId}:1`, open), asker)
    await chain.done(['model', 'revoke', `${modelId}:1`], holder)
    expect(await chain.refused(fulfil(requestId, open), prover)).toMatchObject({
      message: `version 1 of model ${modelId} is revoked`,
    })
    await chain.done(['oracle', 'refund', requestId], stranger)
    expect(await chain.refused(ask(`${modelId}:1`, open), asker)).toMatchObject({
      details: { reason: 'VersionNotUsable' },
    })
  })
})

test('a callback that failed is repeated', async () => {
  const writer = await chain.writer(asker)
  const { input: signals } = await chain.done(ask('1:1', open), asker)
  const deadline = Number((await writer.client.getBlock()).timestamp) + 600
  const question = { modelId: 1n, version: 1, input: signals.map(BigInt), deadline, callbackGas: 50_000 }
  const asked = await requestInference(writer, { oracle, maxFee: parseEther('0.01'), ...question })
  const requestId = String(asked.requestId)
  const setCode = (code: string) =>
    writer.client.request({ method: 'anvil_setCode', params: [chain.accounts[asker], code] } as never)
  await setCode('0xfe')
  const { stdout } = await chain.say(fulfil(requestId, open), prover)
  expect(stdout).toMatch(/^callback +FAILED/m)
  expect(await chain.refused(['oracle', 'redeliver', requestId], stranger)).toMatchObject({
    details: { reason: 'RedeliveryFailed' },
  })
  await setCode('0x00')
  await chain.done(['oracle', 'redeliver', requestId], stranger)
  expect(await chain.refused(['oracle', 'redeliver', requestId], stranger)).toMatchObject({
    message: `request ${requestId} is fulfilled: no callback of it failed`,
  })
  await setCode('0x')
})

describe('refused is', () => {
  test.each<[string, string[], object]>([
    ['a request that is not there', ['show', '99'], { message: `there is no request 99 at ${oracle}` }],
    ['nothing to show', ['show'], { code: 'USAGE' }],
    [
      'an oracle that is not there',
      ['show', '0', '--oracle', `0x${'12'.repeat(20)}`],
      { code: 'CHAIN_REJECTED' },
    ],
    ['a number that is none', ['show', 'one'], { code: 'USAGE' }],
  ])('%s', async (_name, args, error) => {
    expect(await chain.refused(['oracle', ...args])).toMatchObject(error)
  })

  test('a question without key, of another bundle, beyond a year, without money', async () => {
    expect(await chain.refused(ask('1:1', open))).toMatchObject({ code: 'USAGE' })
    expect(await chain.refused(ask('2:1', open), asker)).toMatchObject({ code: 'USAGE' })
    expect(await chain.refused(ask('1:1', open, '--deadline', '2d', '--fee', '1e3'), asker)).toMatchObject({
      code: 'USAGE',
    })
    expect(await chain.refused(ask('1:1', open, '--deadline', '400d'), asker)).toMatchObject({
      details: { reason: 'DeadlineInvalid' },
    })
    expect(await chain.refused(ask('1:1', open, '--fee', '100000000'), asker)).toMatchObject({
      hints: [expect.stringContaining('too little ether')],
    })
  })
})
