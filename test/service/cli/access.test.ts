/** Access by command: grants, sales, conditions on datasets, signed requests, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak256, recoverTypedDataAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedContracts } from '#contracts/generated/shared-contracts.js'
import { accessTypedData } from '#service/access/inference-request.js'
import { readAccessHeader } from '#service/access/read-header.js'
import { pairBundle } from '../support/bundles.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'
import { callCommand, callJson } from '../support/command-line.js'

/** Accounts: who holds the model, who holds the data, who uses, who has nothing. */
const [lab, hospital, clinic, stranger] = [0, 1, 2, 3]
const day = 86_400
let folder: string
let chain: CliChain
let user: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-access-'))
  writeFileSync(join(folder, 'rows.csv'), '1,2,3\n')
  writeFileSync(join(folder, 'LICENCE.txt'), 'CC BY 4.0\n')
  const [started, pair] = await Promise.all([startCliChain(), pairBundle()])
  chain = started
  user = ['--user', chain.accounts[clinic]!]
  await chain.done(['model', 'publish', pair], lab)
  await chain.done(['model', 'publish', pair], lab)
})
afterAll(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Whether an account may use a version. */
async function may(version: string, account: number): Promise<boolean> {
  const show = ['access', 'show', '--model', version, '--account', chain.accounts[account]!]
  const { code, document } = await chain.call(show)
  expect(code).toBe(document.hasAccess ? 0 : 1)
  return document.hasAccess
}

describe('a grant', () => {
  test('is of the holder, until a time, and longer only', async () => {
    const grant = ['access', 'grant', '--model', '1', ...user]
    expect(await may('1:1', clinic)).toBe(false)
    expect(await chain.refused([...grant, '--until', '30d'], stranger)).toMatchObject({
      details: { reason: 'NotTokenHolder' },
      hints: [expect.stringContaining('holds the model')],
    })
    expect(await chain.done([...grant, '--until', '30d'], lab)).toMatchObject({
      user: chain.accounts[clinic],
    })
    expect(await may('1:1', clinic)).toBe(true)
    expect(await chain.refused([...grant, '--until', '10d'], lab)).toMatchObject({
      details: { reason: 'ExpiryNotLater' },
    })
    await chain.pass(30 * day + 60)
    expect(await may('1:1', clinic)).toBe(false)
    const { expires } = await chain.done([...grant, '--until', '2100-01-01'], lab)
    expect(expires).toBe(Date.UTC(2100, 0, 1) / 1000)
    expect(await chain.done(['access', 'revoke', '--model', '1', ...user], lab)).toMatchObject({
      refund: '0',
    })
    expect(await may('1:1', clinic)).toBe(false)
    expect(await chain.refused(['access', 'revoke', '--model', '1', ...user], lab)).toMatchObject({
      details: { reason: 'NoGrant' },
    })
  })

  test.each([
    ['no token', ['--until', '1d']],
    ['two tokens', ['--model', '1', '--dataset', '1', '--until', '1d']],
    ['a version', ['--model', '1:1', '--until', '1d']],
    ['no time', ['--model', '1']],
    ['half a user', ['--model', '1', '--for-model', '1:1', '--until', '1d']],
  ])('is refused with %s', async (_name, args) => {
    expect(await chain.refused(['access', 'grant', ...user, ...args], lab)).toMatchObject({ code: 'USAGE' })
  })
})

describe('an offer', () => {
  const buy = ['access', 'buy', '--model', '2']

  test('is bought at no more than the buyer said, and the price vests', async () => {
    expect(await chain.refused([...buy, '--max', '1'], clinic)).toMatchObject({
      details: { reason: 'NoOffer' },
    })
    const offer = ['access', 'offer', '--model', '2', '--price', '0.5', '--period', '30d', '--until', '400d']
    await chain.done(offer, lab)
    expect(await chain.done(['access', 'show', '--model', '2'])).toMatchObject({
      offer: { price: String(5n * 10n ** 17n), period: 30 * day, seller: chain.accounts[lab] },
    })
    expect(await chain.refused([...buy, '--periods', '3', '--max', '1'], clinic)).toMatchObject({
      details: { reason: 'PriceTooHigh' },
      hints: [expect.stringContaining('--max')],
    })
    expect(await chain.refused([...buy, '--max', '1', '--least-period', '31d'], clinic)).toMatchObject({
      details: { reason: 'PeriodTooShort' },
    })
    const bought = await chain.done([...buy, '--periods', '2', '--max', '1.25'], clinic)
    expect(bought).toMatchObject({ cost: String(10n ** 18n), left: String(25n * 10n ** 16n) })
    expect(await chain.done(['access', 'withdraw'], clinic)).toMatchObject({ amount: bought.left })
    await chain.pass(30 * day)
    const { amount, royalty } = await chain.done(['access', 'collect', '--model', '2', ...user], stranger)
    expect(Number(amount) / 1e18).toBeCloseTo(0.5, 3)
    expect(royalty).toBe('0')
    const { refund } = await chain.done(['access', 'revoke', '--model', '2', ...user], lab)
    expect(Number(refund) / 1e18).toBeCloseTo(0.5, 3)
    expect(
      (await chain.say(['access', 'show', '--model', '2', '--account', chain.accounts[clinic]!])).stdout,
    ).toMatch(/^account +0x\w+, which may NOT use it$/m)
  })

  test('is taken back', async () => {
    const clear = ['access', 'offer', '--model', '2', '--clear']
    expect(await chain.refused([...clear, '--price', '1'], lab)).toMatchObject({ code: 'USAGE' })
    expect(await chain.refused(['access', 'offer', '--model', '2', '--price', '1'], lab)).toMatchObject({
      code: 'USAGE',
    })
    await chain.done(clear, lab)
    expect(await chain.done(['access', 'show', '--model', '2'])).toMatchObject({ offer: null })
    expect(await chain.refused([...buy, '--max', '1'], clinic)).toMatchObject({
      details: { reason: 'NoOffer' },
    })
  })
})

test('a version needs the consent of the holder of its data', async () => {
  const licence = ['--licence', join(folder, 'LICENCE.txt'), '--uri', 'https://hospital.example']
  const published = await chain.done(['dataset', 'publish', join(folder, 'rows.csv'), ...licence], hospital)
  const { datasetId } = published
  expect(await chain.done(['dataset', 'show', datasetId, '--path', join(folder, 'rows.csv')])).toMatchObject({
    ...{ version: 1, contentHash: published.contentHash, holder: chain.accounts[hospital], matches: true },
  })
  expect((await chain.call(['dataset', 'show', datasetId, '--path', folder])).code).toBe(1)
  expect(await chain.refused(['dataset', 'show', '9'])).toMatchObject({
    details: { reason: 'DatasetNotFound' },
  })

  const condition = ['access', 'condition', '--model', '1:1', '--dataset', datasetId]
  expect(await chain.refused(condition, hospital)).toMatchObject({ details: { reason: 'NotTokenHolder' } })
  const { modelUser } = await chain.done(condition, lab)
  expect(await chain.refused(condition, lab)).toMatchObject({ details: { reason: 'ConditionRepeated' } })
  expect(await may('1:1', lab)).toBe(false)
  const consent = ['--dataset', datasetId, '--for-model', '1:1']
  expect(await chain.done(['access', 'grant', ...consent, '--until', '365d'], hospital)).toMatchObject({
    user: modelUser,
  })
  expect(await chain.done(['access', 'show', '--model', '1:1'])).toMatchObject({
    ...{ isUsable: true, modelUser, conditions: [{ datasetId }] },
  })
  expect(await may('1:1', lab)).toBe(true)
  await chain.done(['access', 'revoke', ...consent], hospital)
  expect((await chain.say(['access', 'show', '--model', '1:1'])).stdout).toContain('NOT usable')
})

describe('a signed request', () => {
  const sign = (body: string, ...more: string[]) => [
    ...['access', 'sign', '--model', '1:1', '--chain-id', '31337', '--body', body, ...more],
  ]

  test('is of the bytes of its body, for the contracts of all chains', async () => {
    const body = join(folder, 'body.json')
    writeFileSync(body, '{ "input": [1, 2] }\n')
    process.env.ZKSERVE_PRIVATE_KEY = `0x${'11'.repeat(32)}`
    const { code, stdout } = await callCommand(sign(body))
    expect(code).toBe(0)
    const [, header] = /^zkserve-access: ([\w-]+)\n$/.exec(stdout)!
    const { signature, ...sent } = readAccessHeader(header!)
    const terms = {
      ...{ chainId: 31337, modelId: 1n, version: 1 },
      grants: sharedContracts.AccessGrants.address,
      registry: sharedContracts.ModelRegistry.address,
    }
    const digest = keccak256(new TextEncoder().encode('{ "input": [1, 2] }\n'))
    const data = accessTypedData(terms, { ...sent, body: digest })
    const signer = await recoverTypedDataAddress({ ...data, signature })
    expect(signer.toLowerCase()).toBe(sent.requester)
    expect(Math.abs(sent.deadline - Date.now() / 1000 - 600)).toBeLessThan(60)
    expect(stdout).not.toContain('1111')
  })

  test('needs a key, and a lifetime that services take', async () => {
    const body = join(folder, 'rows.csv')
    expect(await callJson(sign(body))).toMatchObject({ code: 2, document: { error: { code: 'USAGE' } } })
    process.env.ZKSERVE_PRIVATE_KEY = `0x${'11'.repeat(32)}`
    expect(await callJson(sign(body, '--lifetime', '2h'))).toMatchObject({
      code: 2,
      document: { error: { message: 'a signature is good for a second to an hour, not 7200 seconds' } },
    })
    process.env.ZKSERVE_PRIVATE_KEY = '0x11'
    expect(await callJson(sign(body))).toMatchObject({ code: 2, document: { error: { code: 'USAGE' } } })
  })
})
