import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { resolveConfig, resolveSettings } from '#service/config/resolve.js'
import { configNames } from '#service/config/schema.js'
import { shownValue } from '#service/config/shown-value.js'
import { expectError } from '../../support/expect-error.js'
import { callJson } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(content: unknown): string {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('a configuration file', () => {
  test('goes before defaults, and after variables and flags', () => {
    const config = file({ port: 1, queueSize: 2, concurrency: 3, corsOrigin: ['https://a.example'] })
    const environment = { ZKSERVE_QUEUE_SIZE: '20', ZKSERVE_CONCURRENCY: '30', ZKSERVE_CONFIG: config }
    const expected = { port: 1, queueSize: 20, concurrency: 300, corsOrigin: ['https://a.example'] }
    const flags = { concurrency: '256' }
    expect(resolveConfig(flags, environment)).toMatchObject({ ...expected, concurrency: 256 })
    const { sources } = resolveSettings({ ...flags, config }, environment)
    expect(sources).toMatchObject({
      ...{ port: 'file', queueSize: 'environment', concurrency: 'flag', host: 'default' },
    })
  })

  test('is the one of the flag where a variable names another', () => {
    const environment = { ZKSERVE_CONFIG: file({ port: 1 }) }
    expect(resolveConfig({ config: file({ port: 2 }) }, environment).port).toBe(2)
  })

  test.each([
    ['no JSON', '{"port": 1', /is not JSON/],
    ['no object', [], /no JSON object/],
    ['null', 'null', /no JSON object/],
    ['an unknown name', { prot: 1 }, /no setting "prot"/],
    ['a poisoned prototype', '{"__proto__": {"port": 1}}', /no setting "__proto__"/],
    ['text for a number', { port: '80' }, /"port" in ".+"/],
    ['a number out of range', { port: 70_000 }, /"port" in ".+"/],
    ['one value for a list', { models: 'bundles' }, /"models"/],
    ['null for a setting', { port: null }, /"port"/],
  ])('is refused with %s', (_name, content, message) => {
    expectError('USAGE', () => resolveConfig({ config: file(content) }), message)
  })

  test('must be there', () => {
    expectError('FILE_NOT_FOUND', () => resolveConfig({ config: join(folder, 'none') }), /cannot be read/)
    expectError('FILE_NOT_FOUND', () => resolveConfig({ config: folder }), /cannot be read/)
  })
})

describe('passwords', () => {
  test.each([
    ['postgres://user:secret@host/db', 'postgres://user:***@host/db'],
    ['postgres://user:se:cr@et@host:5432/db', 'postgres://user:***@host:5432/db'],
    ['postgres://user:se/cr?et@host/db', 'postgres://user:***@host/db'],
    ['postgres://:secret@host/db', 'postgres://:***@host/db'],
    ['postgres://host/db?user=a&password=secret&x=1', 'postgres://host/db?user=a&password=***&x=1'],
    ['mysql://user:secret@host', '***'],
    ['postgres://user@host:5432/db', 'postgres://user@host:5432/db'],
    ['embedded', 'embedded'],
  ])('%s is shown as %s', (given, shown) => {
    expect(shownValue('database', given)).toBe(shown)
  })

  test('are in no message and in no printed setting', async () => {
    const hidden = (text: string) => expect(text).not.toMatch(/hunter2/)
    const wrong = await callJson(['config', 'check', '--database', 'mysql://user:hunter2@host'])
    expect(wrong).toMatchObject({ code: 2, document: { error: { code: 'USAGE' } } })
    hidden(JSON.stringify(wrong))
    const broken = file('{"database": "postgres://user:hunter2@host/db" "port": 1}')
    hidden(JSON.stringify(await callJson(['config', 'check', '--config', broken])))
    const right = await callJson(['config', 'print', '--database', 'postgres://user:hunter2@host/db'])
    hidden(JSON.stringify(right))
    expect(JSON.stringify(right)).toContain('postgres://user:***@host/db')
  })
})

describe('zkserve config', () => {
  test('prints every setting with its source', async () => {
    const config = file({ port: 1, models: ['a', 'b'] })
    const { code, document } = await callJson(['config', 'print', '--config', config, '--queue-size', '3'])
    expect(code).toBe(0)
    expect(document.file).toBe(config)
    expect(document.settings.map(({ name }: { name: string }) => name)).toEqual(configNames)
    expect(document.settings).toContainEqual({ name: 'port', value: 1, source: 'file' })
    expect(document.settings).toContainEqual({ name: 'models', value: ['a', 'b'], source: 'file' })
    expect(document.settings).toContainEqual({ name: 'queueSize', value: 3, source: 'flag' })
    expect(document.secrets).toContainEqual({ name: 'ZKSERVE_SIGNER_KEY', given: false })
  })

  test('what it prints is a file that it takes', async () => {
    const { document } = await callJson(['config', 'print', '--port', '81'])
    const entries = document.settings.map(({ name, value }: { name: string; value: unknown }) => [
      name,
      value,
    ])
    expect(resolveConfig({ config: file(Object.fromEntries(entries)) })).toEqual(
      resolveConfig({ port: '81' }),
    )
  })

  test('checks settings', async () => {
    expect(await callJson(['config', 'check', '--port', '1'])).toMatchObject({
      code: 0,
      document: { ok: true },
    })
    expect((await callJson(['config', 'check', '--config', file({ a: 1 })])).code).toBe(2)
  })
})
