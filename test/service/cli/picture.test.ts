/** Generated pictures by command: tokens deployed, a latent claimed, proven and minted, and what is refused. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeGreyPng } from '#service/chain/decode-grey-png.js'
import { generatorBundle, pairBundle } from '../support/bundles.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'

/** Accounts. */
const [maker, minter, rival] = [0, 1, 2]
let folder: string
let bundle: string
let pair: string
let chain: CliChain
let tokens: string
let mint: string[]

const file = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-picture-'))
  writeFileSync(file('latent.json'), JSON.stringify({ input: [0.5, -0.5, 1, -1, 0, 0.25, 0.75, -0.25] }))
  ;[chain, bundle, pair] = await Promise.all([startCliChain(), generatorBundle(), pairBundle()])
  await chain.done(['model', 'publish', bundle], maker)
  await chain.done(['model', 'publish', pair], maker)
  const deploy = ['picture', 'deploy', '--model', '1:1', '--side', '4', '--claim-delay', '1s']
  tokens = (await chain.done(deploy, maker)).tokens
  mint = ['picture', 'mint', bundle, '--input', file('latent.json'), '--tokens', tokens]
})
afterAll(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a latent becomes a token of its prover, once', async () => {
  const claim = file('claim.private.json')
  const { prompt, tokenId, owner } = await chain.done([...mint, '--claim', claim], minter)
  expect(prompt).toMatch(/^[0-9a-f]{16}$/)
  expect(owner).toBe(chain.accounts[minter])
  expect(statSync(claim).mode & 0o777).toBe(0o600)

  const png = file('picture.png')
  const show = ['picture', 'show', '--png', png, '--tokens', tokens]
  const shown = await chain.done([...show, prompt])
  expect(shown).toMatchObject({ tokenId, owner, prompt, modelId: '1', version: 1 })
  expect(await chain.done([...show, tokenId])).toEqual(shown)
  const { width, height, pixels } = decodeGreyPng(readFileSync(png))
  expect({ width, height }).toEqual({ width: 4, height: 4 })
  expect(new Set(pixels).size).toBeGreaterThan(4)
  expect((await chain.say([...show, prompt])).stdout).toContain(`prompt     ${prompt}`)

  expect(await chain.refused([...mint, '--claim', claim], minter)).toMatchObject({
    details: { reason: 'PromptTaken' },
    hints: [expect.stringContaining('another')],
  })
  // Another's claim is not his.
  expect(await chain.refused([...mint, '--claim', claim], rival)).toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('another latent, minter or contract'),
  })
})

test('wrong uses end with one line, before anything is sent', async () => {
  const claim = file('never.json')
  const other = [
    'picture',
    'mint',
    pair,
    '--input',
    file('latent.json'),
    '--tokens',
    tokens,
    '--claim',
    claim,
  ]
  expect(await chain.refused(other, minter)).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await chain.refused([...mint, '--claim', claim])).toMatchObject({ code: 'USAGE' })
  const elsewhere = [...mint.slice(0, -1), chain.accounts[minter]!, '--claim', claim]
  expect(await chain.refused(elsewhere, minter)).toMatchObject({ details: { reason: 'NoContract' } })
  expect(existsSync(claim)).toBe(false)
  expect(await chain.refused(['picture', 'show', '7', '--tokens', tokens])).toMatchObject({
    details: { reason: 'ERC721NonexistentToken' },
  })
  expect(await chain.refused(['picture', 'deploy', '--model', '2:1', '--side', '4'], maker)).toMatchObject({
    details: { reason: 'VersionUnfit' },
    hints: [expect.stringContaining('--input public')],
  })
})
