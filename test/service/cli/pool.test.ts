/** The prover pool by command: stake, requests taken, answered and missed, rewards, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'

/** Accounts: who holds the model, who asks, two who prove. */
const [holder, asker, prover, rival] = [0, 1, 2, 3]
const ether = 10n ** 18n
let folder: string
let chain: CliChain
let bundle: string
let other: string
let pool: string[]
let ask: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-pool-'))
  const input = join(folder, 'input.json')
  writeFileSync(input, JSON.stringify({ inputs: { a: [0, 0.5, 1], b: [1, 0, 0.5] } }))
  ;[chain, bundle, other] = await Promise.all([
    startCliChain(),
    pairBundle(),
    pairBundle({ input: 'hashed' }),
  ])
  await chain.done(['model', 'publish', bundle], holder)
  const deployed = await chain.done(['pool', 'deploy', '--epoch', '1d', '--unbonding', '7d'], holder)
  pool = ['--pool', deployed.pool]
  const what = ['--model', '1:1', '--bundle', bundle, '--input', input]
  ask = ['pool', 'request', ...pool, ...what, '--fee', '0.1', '--bond', '1', '--window', '10m']
})
afterAll(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const call = (verb: string, ...args: string[]) => ['pool', verb, ...args, ...pool]
const withBundle = (verb: string, request: string, ...more: readonly string[]) =>
  call(verb, request, '--bundle', bundle, ...more)

describe('a request', () => {
  test('is taken with stake, answered, and rewarded', async () => {
    const { requestId } = await chain.done(ask, asker)
    expect(await chain.refused(withBundle('take', requestId), prover)).toMatchObject({
      details: { reason: 'StakeTooLow', args: ['0', String(ether)] },
      hints: [expect.stringContaining('`zkserve pool stake`')],
    })
    expect(await chain.refused(withBundle('answer', requestId), prover)).toMatchObject({
      details: { reason: 'NotAnswerable' },
    })
    await chain.done(call('stake', '2.5'), prover)
    await chain.done(call('stake', '2'), rival)
    expect(await chain.refused(call('take', requestId, '--bundle', other), prover)).toMatchObject({
      message: 'the bundle is another model than 1:1',
    })
    expect(await chain.done(withBundle('take', requestId), prover)).toMatchObject({ bond: String(ether) })
    expect(await chain.refused(withBundle('take', requestId), rival)).toMatchObject({
      details: { reason: 'NotTakeable' },
    })
    expect(await chain.refused(withBundle('answer', requestId), rival)).toMatchObject({
      details: { reason: 'NotAnswerable' },
    })
    const { epoch } = await chain.done(call('show'))
    const rewards = ['--asker', chain.accounts[asker]!, '--epoch', epoch]
    await chain.done(call('sponsor', '0.3', ...rewards), asker)
    const answered = await chain.done(withBundle('answer', requestId), prover)
    expect(answered).toMatchObject({ payee: chain.accounts[prover], fee: String(ether / 10n) })
    const who = ['--account', chain.accounts[prover]!, '--asker', chain.accounts[asker]!]
    expect(await chain.done(call('show', requestId, ...who))).toMatchObject({
      status: 'answered',
      answer: { payee: chain.accounts[prover], statement: answered.statement },
      stake: { free: String((ether * 5n) / 2n), bonded: '0' },
      reputation: { answered: 1, missed: 0, value: String(ether / 10n) },
      credit: String(ether / 10n),
    })
    expect(await chain.refused(withBundle('answer', requestId), rival)).toMatchObject({
      message: `request ${requestId} is answered`,
    })
    expect(await chain.refused(call('claim', ...rewards), prover)).toMatchObject({
      details: { reason: 'WrongEpoch' },
    })
    await chain.pass(86_400)
    await chain.done(call('claim', ...rewards), prover)
    expect(await chain.refused(call('claim', ...rewards), prover)).toMatchObject({
      details: { reason: 'NothingDue' },
    })
    expect(await chain.refused(call('reclaim', ...rewards), asker)).toMatchObject({
      details: { reason: 'WrongEpoch' },
    })
    expect(await chain.done(call('withdraw'), prover)).toMatchObject({ amount: String((ether * 4n) / 10n) })
  })

  test('that is missed costs the bond, and is refunded', async () => {
    const { requestId } = await chain.done(ask, asker)
    const hasty = await chain.refused(withBundle('take', requestId, '--least-window', '11m'), rival)
    expect(hasty).toMatchObject({ code: 'USAGE', details: { window: 600 } })
    await chain.done(withBundle('take', requestId), rival)
    expect(await chain.refused(call('slash', requestId), asker)).toMatchObject({
      details: { reason: 'NotMissed' },
    })
    // More than the contract's type holds.
    const huge = await chain.refused(call('unbond', '999999999999999999999'), rival)
    expect(huge).toMatchObject({ code: 'USAGE', message: expect.stringMatching(/takes no such number/) })
    await chain.pass(601)
    expect((await chain.say(call('show', requestId))).stdout).toMatch(/^request +\d+, taken, and missed/m)
    await chain.done(call('slash', requestId), holder)
    expect(await chain.refused(call('refund', requestId), asker)).toMatchObject({
      details: { reason: 'NotRefundable' },
    })
    await chain.pass(3600)
    await chain.done(call('refund', requestId), holder)
    const { amount } = await chain.done(call('withdraw', '--to', chain.accounts[holder]!), asker)
    expect(amount).toBe(String((ether * 11n) / 10n))
  })
})

test('stake leaves after its delay', async () => {
  expect(await chain.refused(call('unbond', '3'), prover)).toMatchObject({
    details: { reason: 'StakeTooLow' },
  })
  await chain.done(call('unbond', '2.5'), prover)
  expect(await chain.refused(call('collect'), prover)).toMatchObject({
    details: { reason: 'StillUnbonding' },
    hints: [expect.stringContaining('after a delay')],
  })
  const { stdout } = await chain.say(call('show', '--account', chain.accounts[prover]!))
  expect(stdout).toMatch(/^stake +0 ether free, 0 ether bonded, 2\.5 ether leaving at \d{4}-/m)
  await chain.pass(7 * 86_400)
  await chain.done(call('collect'), prover)
  expect(await chain.done(call('withdraw'), prover)).toMatchObject({ amount: String((ether * 5n) / 2n) })
})

test('rewards of an epoch without answers go back', async () => {
  const { epoch } = await chain.done(call('show'))
  const rewards = ['--asker', chain.accounts[asker]!, '--epoch', epoch]
  await chain.done(call('sponsor', '0.2', ...rewards), holder)
  await chain.pass(86_400)
  await chain.done(call('reclaim', ...rewards), holder)
  expect(await chain.done(call('withdraw'), holder)).toMatchObject({ amount: String(ether / 5n) })
})

describe('refused is', () => {
  test.each<[string, string[], number | undefined, object]>([
    ['a stake without key', ['stake', '1'], undefined, { code: 'USAGE' }],
    ['a stake that is no number', ['stake', '1e3'], 2, { code: 'USAGE' }],
    ['a stake that is not there', ['stake', '100000000'], 2, { code: 'CHAIN_REJECTED' }],
    ['another chain', ['stake', '1', '--chain-id', '1'], 2, { code: 'CHAIN_INCONSISTENT' }],
    ['a request that is not there', ['show', '99'], undefined, { details: { reason: 'NoRequest' } }],
    ['a withdrawal of nothing', ['withdraw'], 3, { details: { reason: 'NothingToWithdraw' } }],
  ])('%s', async (_name, args, account, error) => {
    expect(await chain.refused(call(...(args as [string])), account)).toMatchObject(error)
  })

  test('a pool that is not there, or none', async () => {
    const nowhere = ['pool', 'show', '--pool', `0x${'12'.repeat(20)}`]
    expect(await chain.refused(nowhere)).toMatchObject({
      message: expect.stringMatching(/^there is no ProverPool/),
    })
    expect(await chain.refused(['pool', 'show'])).toMatchObject({ code: 'USAGE' })
  })

  test('a window longer than the time to the deadline', async () => {
    expect(await chain.refused([...ask, '--deadline', '5m'], asker)).toMatchObject({
      details: { reason: 'DeadlineInvalid' },
    })
  })
})
