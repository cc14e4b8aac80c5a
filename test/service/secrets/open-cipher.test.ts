import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { openCipher } from '#service/secrets/open-cipher.js'

/** What another process does just before a file is linked, once. */
const race = vi.hoisted(() => ({ before: null as ((path: string) => void) | null }))
vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>()
  const linkSync: typeof real.linkSync = (from, to) => {
    race.before?.(String(to))
    race.before = null
    real.linkSync(from, to)
  }
  return { ...real, linkSync }
})

const hex = (digit: string) => digit.repeat(64)
const plain = Buffer.from('text')
const server = { database: 'postgres://u@h/d', dataDir: '' }

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const embedded = () => ({ database: 'embedded', dataDir: mkdtempSync(join(root, 'data-')) })

function refusal(work: () => unknown): ZkserveError {
  try {
    work()
  } catch (error) {
    if (error instanceof ZkserveError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('the keys of the environment', () => {
  test('are taken out of it, first of all', () => {
    const environment = { ZKSERVE_ENCRYPTION_KEYS: hex('a') }
    openCipher(server, environment)
    expect(environment).toEqual({})
    const wrong = { ZKSERVE_ENCRYPTION_KEYS: 'short' }
    refusal(() => openCipher(server, wrong))
    expect(wrong).toEqual({})
  })

  test('open across processes, old ones included; a directory is not looked at', () => {
    const sealed = openCipher(server, { ZKSERVE_ENCRYPTION_KEYS: hex('a') }).seal(plain, 'p')
    const rotated = openCipher(server, { ZKSERVE_ENCRYPTION_KEYS: `${hex('B')}, ${hex('A')}` })
    expect(Buffer.from(rotated.open(sealed, 'p')).equals(plain)).toBe(true)
    const config = embedded()
    openCipher(config, { ZKSERVE_ENCRYPTION_KEYS: hex('a') })
    expect(readdirSync(config.dataDir)).toEqual([])
  })

  test.each([
    ['too short', 'abc'],
    ['not hex', 'g'.repeat(64)],
    ['one of two', `${'a'.repeat(64)},${'b'.repeat(63)}`],
    ['a comma too many', `${'a'.repeat(64)},`],
    ['too long', 'a'.repeat(66)],
  ])('are refused when malformed (%s), without telling them', (_, keys) => {
    const error = refusal(() => openCipher(server, { ZKSERVE_ENCRYPTION_KEYS: keys }))
    expect(error.code).toBe('USAGE')
    expect(JSON.stringify(error)).not.toContain(keys.slice(0, 60))
  })

  test('are needed beside a server', () => {
    for (const environment of [{}, { ZKSERVE_ENCRYPTION_KEYS: '' }]) {
      const error = refusal(() => openCipher(server, environment))
      expect(error.code).toBe('USAGE')
      expect(error.hints.join()).toContain('openssl rand -hex 32')
    }
  })
})

describe('the key of a data directory', () => {
  test('is drawn once, for its owner alone', () => {
    const config = embedded()
    const sealed = openCipher(config, {}).seal(plain, 'p')
    expect(Buffer.from(openCipher(config, {}).open(sealed, 'p')).equals(plain)).toBe(true)
    expect(readdirSync(config.dataDir)).toEqual(['encryption.key'])
    expect(statSync(join(config.dataDir, 'encryption.key')).mode & 0o777).toBe(0o600)
    expect(refusal(() => openCipher(embedded(), {}).open(sealed, 'p')).code).toBe('DECRYPTION_FAILED')
  })

  test('is one, where two draw it at once', () => {
    const config = embedded()
    const other = hex('c')
    race.before = (path) => writeFileSync(path, other)
    const sealed = openCipher(config, {}).seal(plain, 'p')
    const same = openCipher(server, { ZKSERVE_ENCRYPTION_KEYS: other })
    expect(Buffer.from(same.open(sealed, 'p')).equals(plain)).toBe(true)
    expect(readdirSync(config.dataDir)).toEqual(['encryption.key'])
  })

  test('is not replaced where it is damaged or cannot be read', () => {
    const config = embedded()
    const path = join(config.dataDir, 'encryption.key')
    writeFileSync(path, 'damaged')
    expect(refusal(() => openCipher(config, {})).code).toBe('FILE_NOT_FOUND')
    expect(readFileSync(path, 'utf8')).toBe('damaged')
    rmSync(path)
    mkdirSync(path)
    expect(refusal(() => openCipher(config, {})).code).toBe('FILE_NOT_FOUND')
  })

  test('is told to be missing where the directory cannot be written', () => {
    const error = refusal(() => openCipher({ database: 'embedded', dataDir: join(root, 'none') }, {}))
    expect(error.code).toBe('FILE_NOT_FOUND')
  })
})
