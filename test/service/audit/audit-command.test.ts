/** `zkserve audit` on an embedded database, alone and of a running service, with anchors on a development chain. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { resolveConfig } from '#service/config/resolve.js'
import { openEmbedded } from '#service/database/open-database.js'
import { startServer } from '#service/http/start.js'
import { TenantAdmin } from '#service/tenants/tenant-admin.js'
import { pairBundle } from '../support/bundles.js'
import { callCommand, callJson } from '../support/command-line.js'

let folder: string
let data: string[]
let anvil: Anvil
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  data = ['--data-dir', join(folder, 'data')]
  const database = await openEmbedded(join(folder, 'data'))
  const tenants = new TenantAdmin(database)
  for (const id of ['one', 'two', 'three', 'four']) await tenants.add(id, {})
  await database.close()
  anvil = await startAnvil()
})
afterAll(async () => {
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const audit = (...args: string[]) => callJson(['audit', ...args])

test('a log is checked, exported, and checked as a file', async () => {
  const { document: head } = await audit('head', ...data)
  expect(head).toEqual({ seq: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const given = `${head.seq}:${head.hash.toUpperCase()}`
  expect(await audit('verify', ...data, '--head', given)).toEqual({
    code: 0,
    document: { valid: true, records: 4, head, heads: 1 },
  })
  const file = join(folder, 'log.jsonl')
  expect(await audit('export', file, ...data)).toMatchObject({ code: 0, document: { records: 4 } })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await audit('export', file, ...data)).document.error.code).toBe('FILE_NOT_FOUND')
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(4)
  const check = async (kept: readonly string[], ...more: string[]) => {
    writeFileSync(join(folder, 'given.jsonl'), kept.map((line) => `${line}\n`).join(''))
    const { code, document } = await audit('verify', '--file', join(folder, 'given.jsonl'), ...more)
    return [code, document.error?.code ?? null, document.error?.details.seq ?? null]
  }
  expect(await check(lines)).toEqual([0, null, null])
  expect(await check(lines.slice(2), '--from', '3')).toEqual([0, null, null])
  expect(await check(lines.map((line) => line.replace('"two"', '"six"')))).toEqual([1, 'AUDIT_BROKEN', 2])
  expect(await check(lines.slice(0, 3))).toEqual([0, null, null])
  expect(await check(lines.slice(0, 3), '--head', given)).toEqual([1, 'AUDIT_BROKEN', 4])
  for (const odd of ['', 'null', '[]', '{"seq": "1"}', lines[0]!.slice(0, -1)])
    expect(await check([odd])).toEqual([2, 'INVALID_DATA', null])
  expect((await audit('verify', '--file', join(folder, 'none'))).document.error.code).toBe('FILE_NOT_FOUND')
})

test('heads on chain tell a log that was cut off or written anew', async () => {
  process.env.ZKSERVE_ANCHOR_KEY = anvil.privateKeys[0]
  const first = await audit('anchor', ...data, '--rpc', anvil.rpcUrl, '--deploy')
  expect(first.code).toBe(0)
  expect(process.env.ZKSERVE_ANCHOR_KEY).toBeUndefined()
  const { contract, keeper, seq, hash } = first.document
  const chain = ['--rpc', anvil.rpcUrl, '--contract', contract]
  // As many records as before: nothing new to anchor.
  process.env.ZKSERVE_ANCHOR_KEY = anvil.privateKeys[0]
  const again = await audit('anchor', ...data, ...chain)
  expect(again.document.error).toMatchObject({ code: 'CHAIN_REJECTED', details: { reason: 'NotAhead' } })
  const verified = await audit('verify', ...data, ...chain, '--keeper', keeper)
  expect(verified.document).toMatchObject({ valid: true, heads: 1, head: { seq, hash } })
  const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n')
  writeFileSync(join(folder, 'cut.jsonl'), `${lines.slice(0, 3).join('\n')}\n`)
  const cut = await audit('verify', '--file', join(folder, 'cut.jsonl'), ...chain, '--keeper', keeper)
  expect(cut).toMatchObject({ code: 1, document: { error: { code: 'AUDIT_BROKEN', details: { seq: 4 } } } })
  // No anchors where none are is no good news.
  const other = `0x${'11'.repeat(20)}`
  const none = await audit('verify', ...data, ...chain, '--keeper', other)
  expect(none.document.error.code).toBe('CHAIN_REJECTED')
  const nowhere = ['--rpc', anvil.rpcUrl, '--contract', other]
  const wrong = await audit('verify', ...data, ...nowhere, '--keeper', keeper)
  expect(wrong.document.error.code).toBe('CHAIN_REJECTED')
})

test('the key of anchors is asked for, and never told', async () => {
  const chain = ['--rpc', anvil.rpcUrl, '--deploy']
  expect((await audit('anchor', ...data, ...chain)).document.error.code).toBe('USAGE')
  process.env.ZKSERVE_ANCHOR_KEY = 'mistyped-key'
  const { document } = await audit('anchor', ...data, ...chain)
  expect(document.error.code).toBe('USAGE')
  expect(JSON.stringify(document)).not.toContain('mistyped-key')
})

test.each([
  ['--from', '0'],
  ['--head', '4:abc'],
  ['--head', 'abc'],
  ['--keeper', '0x12'],
  ['--rpc', 'http://localhost'],
])('%s %s is refused', async (...args) => {
  const { code, document } = await audit('verify', ...args)
  expect([code, document.error.code]).toEqual([2, 'USAGE'])
})

test('a running service is asked; it can be backed up meanwhile', async () => {
  const [, dataDir] = data
  const settings = { database: 'embedded', dataDir, port: 0, logLevel: 'silent' }
  const service = await startServer(resolveConfig({ ...settings, models: [await pairBundle()] }))
  try {
    const verified = await audit('verify', ...data)
    expect(verified).toMatchObject({ code: 0, document: { records: 5 } })
    const file = join(folder, 'backup.tar.gz')
    expect((await callCommand(['backup', file, ...data, '--with-key'])).code).toBe(0)
    expect(existsSync(`${file}.key`)).toBe(true)
    const ready = await fetch(`${service.url}/health/ready`)
    expect(ready.status).toBe(200)
  } finally {
    await service.close()
  }
  const after = await audit('verify', ...data)
  expect(after.document).toMatchObject({ records: 6 })
  const restored = join(folder, 'restored')
  const { document } = await callJson(['restore', join(folder, 'backup.tar.gz'), '--data-dir', restored])
  expect(document).toMatchObject({ records: 5 })
})
