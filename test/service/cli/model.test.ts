/** Models on chain by command: what is published, compared, verified, ended, and who may. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedContracts } from '#contracts/generated/shared-contracts.js'
import { loadBundle } from '#prover/bundle/load.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { pairBundle } from '../support/bundles.js'
import { type CliChain, startCliChain } from '../support/cli-chain.js'
import { callJson } from '../support/command-line.js'

const registry = sharedContracts.ModelRegistry.address
const verifier = sharedContracts.InferenceVerifier.address
let folder: string
let chain: CliChain
let pair: string
let committed: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-cli-model-'))
  ;[chain, pair, committed] = await Promise.all([
    startCliChain(),
    pairBundle(),
    pairBundle({ weights: 'committed' }),
  ])
})
afterAll(async () => {
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a model with fixed weights', () => {
  test('is published by its holder, and shown', async () => {
    const published = await chain.done(['model', 'publish', pair], 0)
    const { vkHash } = (await loadBundle(pair)).manifest
    expect(published).toMatchObject({ modelId: '1', version: 1, vkHash, registry, setup: 'development' })
    expect(published).toMatchObject({ holder: chain.accounts[0], architecture: null, chainId: 31337 })
    expect(published.gasUsed).toBeGreaterThan(100_000)
    const shown = await chain.done(['model', 'show', '1', '--bundle', pair])
    expect(shown).toMatchObject({
      version: 1,
      newest: 1,
      status: 'active',
      vkHash,
      holder: chain.accounts[0],
    })
    expect(shown).toMatchObject({ bundle: { matches: true, differences: [], committedUnder: null } })
  })

  test('is for people too, the set-up with a warning', async () => {
    const { stdout, code } = await chain.say(['model', 'publish', pair, '--uri', 'https://lab.example/2'], 0)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^model +2:1$/m)
    expect(stdout).toMatch(/^set-up +development: whoever built the key could forge proofs$/m)
    const { stdout: shown } = await chain.say(['model', 'show', '2:1'])
    expect(shown).toMatch(/^uri +https:\/\/lab\.example\/2$/m)
    expect(shown).toMatch(/^ +1 {2}active {2}development/m)
  })

  test('has further versions, of its holder alone; another bundle is seen', async () => {
    expect(await chain.refused(['model', 'version', '1', committed], 1)).toMatchObject({
      code: 'CHAIN_REJECTED',
      message: expect.stringMatching(/^the contract refused: NotModelOwner\(/),
      hints: [expect.stringContaining('`model show` names it')],
    })
    expect(await chain.done(['model', 'version', '1', committed], 0)).toMatchObject({
      modelId: '1',
      version: 2,
    })
    const shown = await chain.call(['model', 'show', '1:2', '--bundle', pair])
    expect(shown).toMatchObject({ code: 1, document: { newest: 2, bundle: { matches: false } } })
    expect(shown.document.bundle.differences).toContain('vkHash')
    expect((await chain.say(['model', 'show', '1', '--bundle', pair])).stdout).toContain('ANOTHER: modelHash')
  })

  test('shares fees by its royalty', async () => {
    const half = ['model', 'royalty', '1', '--percent', '12.5', '--receiver', chain.accounts[2]!]
    expect(await chain.refused(half, 1)).toMatchObject({ details: { reason: 'NotHolder' } })
    expect(await chain.done(half, 0)).toMatchObject({ bps: 1250, receiver: chain.accounts[2] })
    const royalty = { receiver: chain.accounts[2], bps: 1250 }
    expect(await chain.done(['model', 'show', '1'])).toMatchObject({ royalty })
    await chain.done(['model', 'royalty', '1', '--percent', '0'], 0)
    expect(await chain.done(['model', 'show', '1'])).toMatchObject({ royalty: { receiver: null, bps: 0 } })
    for (const percent of ['50.01', '2.555', '-1', '1e1']) {
      expect(await chain.refused(['model', 'royalty', '1', `--percent=${percent}`], 0)).toMatchObject({
        code: 'USAGE',
      })
    }
  })
})

describe('a model with committed weights', () => {
  test('is published with its architecture, once for all versions', async () => {
    const own = ['--registry', (await deployContracts(await chain.writer(0))).registry]
    const first = await chain.done(['model', 'publish', committed, ...own], 0)
    expect(first.architecture).toMatchObject({
      id: expect.stringMatching(/^0x/),
      gasUsed: expect.any(Number),
    })
    expect(first.architecture.gasUsed).toBeGreaterThan(100_000)
    const { modelId } = first
    const second = await chain.done(['model', 'version', modelId, committed, ...own], 0)
    expect(second.architecture).toEqual({ id: first.architecture.id, transaction: null, gasUsed: 0 })
    const view = join(folder, 'public')
    expect((await callJson(['export-public', committed, '--out', view])).code).toBe(0)
    expect(await chain.done(['model', 'show', modelId, '--bundle', view, ...own])).toMatchObject({
      bundle: { matches: true, committedUnder: true },
    })
  })
})

describe('a proof', () => {
  test('holds on chain for what it is bound to, and for nothing else', async () => {
    const { modelId } = await chain.done(['model', 'publish', pair], 0)
    const [input, proof, elsewhere] = ['input.json', 'proof.json', 'elsewhere.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    writeFileSync(input, JSON.stringify({ inputs: { a: [0, 0.5, 1], b: [1, 0, 0.5] } }))
    const prove = ['prove', pair, '--input', input, '--requester', chain.accounts[1]!, '--nonce', '0x07']
    expect((await callJson([...prove, '--verifier', verifier, '--out', proof])).code).toBe(0)
    const held = await chain.done(['model', 'verify', `${modelId}:1`, '--proof', proof])
    expect(held).toMatchObject({
      valid: true,
      verdict: 'Valid',
      reason: null,
      nonce: '7',
      requester: chain.accounts[1],
    })
    expect(await chain.call(['model', 'verify', '1:2', '--proof', proof])).toMatchObject({
      code: 1,
      document: { valid: false, verdict: 'ProofInvalid' },
    })
    expect(await chain.call(['model', 'verify', '1:9', '--proof', proof])).toMatchObject({
      code: 1,
      document: { valid: false, verdict: 'VersionUnknown', reason: 'there is no such version' },
    })
    expect(
      (await callJson([...prove, '--chain-id', '1', '--verifier', verifier, '--out', elsewhere])).code,
    ).toBe(0)
    const { code, stdout } = await chain.say(['model', 'verify', `${modelId}:1`, '--proof', elsewhere])
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: 'invalid: the proof was made for chain 1, this is 31337\n',
    })
    await chain.done(['model', 'deprecate', `${modelId}:1`], 0)
    expect((await chain.call(['model', 'verify', `${modelId}:1`, '--proof', proof])).code).toBe(0)
    await chain.done(['model', 'revoke', `${modelId}:1`], 0)
    expect(await chain.call(['model', 'verify', `${modelId}:1`, '--proof', proof])).toMatchObject({
      code: 1,
      document: { reason: 'the version is revoked' },
    })
    expect(await chain.refused(['model', 'deprecate', `${modelId}:1`], 0)).toMatchObject({
      details: { reason: 'StatusNotForward' },
      hints: [expect.stringContaining('never back')],
    })
    writeFileSync(proof, '{"proof":{}}')
    expect(await chain.refused(['model', 'verify', '1:1', '--proof', proof])).toMatchObject({
      code: 'INVALID_PROOF',
    })
  })
})

describe('refused is', () => {
  test('a verb that writes, without a key or with half of one', async () => {
    expect(await chain.refused(['model', 'publish', pair])).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('ZKSERVE_PRIVATE_KEY'),
    })
    process.env.ZKSERVE_PRIVATE_KEY = '0x1234'
    const { code, document } = await callJson(['model', 'publish', pair, '--rpc', chain.rpcUrl])
    expect({ code, document }).toMatchObject({ code: 2, document: { error: { code: 'USAGE' } } })
    expect(JSON.stringify(document)).not.toContain('1234')
    expect(process.env.ZKSERVE_PRIVATE_KEY).toBeUndefined()
  })

  test('another chain than the one that is meant', async () => {
    expect(await chain.refused(['model', 'publish', pair, '--chain-id', '1'], 0)).toMatchObject({
      code: 'CHAIN_INCONSISTENT',
      message: 'the endpoint is of chain 31337, not of 1',
    })
  })

  test('a registry that is not there, or no registry', async () => {
    const nowhere = `0x${'12'.repeat(20)}`
    for (const [verb, account] of [
      ['show 1', undefined],
      [`publish ${pair}`, 0],
    ] as const) {
      expect(
        await chain.refused(['model', ...verb.split(' '), '--registry', nowhere], account),
      ).toMatchObject({
        code: 'CHAIN_REJECTED',
        message: `there is no ModelRegistry at ${nowhere} on chain 31337`,
      })
    }
    const other = sharedContracts.AuditAnchor.address
    for (const [verb, account] of [
      ['show 1', undefined],
      [`publish ${pair}`, 0],
    ] as const) {
      const refused = await chain.refused(['model', ...verb.split(' '), '--registry', other], account)
      expect(refused).toMatchObject({ hints: [expect.stringContaining('another contract')] })
    }
  })

  test('a model that is not there', async () => {
    expect(await chain.refused(['model', 'show', '99'])).toMatchObject({
      message: `there is no model 99 at ${registry}`,
    })
    expect(await chain.refused(['model', 'show', '1:9'])).toMatchObject({
      details: { reason: 'VersionNotFound' },
    })
    expect(await chain.refused(['model', 'revoke', '1:9'], 0)).toMatchObject({
      details: { reason: 'VersionNotFound' },
    })
  })

  test('an endpoint that does not answer, and a bundle that is none', async () => {
    const dead = ['model', 'show', '1', '--rpc', 'http://127.0.0.1:9']
    expect(await callJson(dead)).toMatchObject({
      code: 2,
      document: { error: { code: 'CHAIN_UNREACHABLE' } },
    })
    expect(await chain.refused(['model', 'publish', folder], 0)).toMatchObject({ code: 'BUNDLE_NOT_FOUND' })
  })

  test('what an account without ether sends', async () => {
    process.env.ZKSERVE_PRIVATE_KEY = `0x${'77'.repeat(32)}`
    const { code, document } = await callJson(['model', 'publish', pair, '--rpc', chain.rpcUrl])
    expect({ code, document }).toMatchObject({ code: 2, document: { error: { code: 'CHAIN_REJECTED' } } })
    expect(document.error.message).toMatch(/^the chain refused: /)
    expect(document.error.hints).toEqual([expect.stringContaining('too little ether')])
  })
})
