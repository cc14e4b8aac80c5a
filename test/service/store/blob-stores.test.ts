/** One suite for all stores of blobs, and what each may suffer. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BlobEntry, BlobStore } from '#service/store/blob-store.js'
import { DirectoryBlobs } from '#service/store/directory-blobs.js'
import { readS3Address } from '#service/store/open-store.js'
import { S3Blobs } from '#service/store/s3-blobs.js'
import { expectError } from '../../support/expect-error.js'
import { type S3Fault, S3Server, s3Credentials } from '../../support/s3-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let s3: S3Server
beforeAll(async () => {
  s3 = await S3Server.start()
})
afterAll(() => s3?.end())
beforeEach(() => {
  for (const [name, value] of Object.entries(s3Credentials)) vi.stubEnv(name, value)
  s3.objects.clear()
  s3.requests.length = 0
  s3.fault = () => null
})
afterEach(() => vi.unstubAllEnvs())

const openS3 = (silence = 60_000) => S3Blobs.open(readS3Address(s3.store()), silence)
const stores: [string, () => Promise<BlobStore>][] = [
  ['a directory', async () => new DirectoryBlobs(join(temporaryFolder(), 'store'))],
  ['S3', () => openS3()],
]
const bytes = Buffer.from('what is kept')
const limit = 1000

async function all(list: AsyncIterable<BlobEntry>): Promise<BlobEntry[]> {
  const entries: BlobEntry[] = []
  for await (const entry of list) entries.push(entry)
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
}

describe.each(stores)('blobs in %s', (_name, open) => {
  test('are kept whole, from memory and from files, and fetched again', async () => {
    const blobs = await open()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'from'), bytes)
    await blobs.put('files/ab12', { path: join(folder, 'from') })
    await blobs.put('manifests/cd34', bytes)
    await blobs.put('manifests/cd34', bytes)
    await blobs.fetch('files/ab12', join(folder, 'to'), { limit })
    expect(readFileSync(join(folder, 'to'))).toEqual(bytes)
    expect(Buffer.from(await blobs.read('manifests/cd34', { limit }))).toEqual(bytes)
    expect(await blobs.has('files/ab12')).toBe(true)
    expect(await blobs.has('manifests/ab12')).toBe(false)
  })

  test('may be large', async () => {
    const blobs = await open()
    const folder = temporaryFolder()
    const large = Buffer.alloc(9_000_001, 'large')
    writeFileSync(join(folder, 'from'), large)
    await blobs.put('files/ab12', { path: join(folder, 'from') })
    await blobs.fetch('files/ab12', join(folder, 'to'), { limit: large.length })
    expect(readFileSync(join(folder, 'to')).equals(large)).toBe(true)
  })

  test('are listed with their ages, and removed', async () => {
    const blobs = await open()
    s3.pageSize = 2
    const names = ['files/aa01', 'files/aa02', 'files/ab03', 'files/ba04', 'files/bb05']
    for (const name of names) await blobs.put(name, bytes)
    await blobs.put('manifests/aa01', bytes)
    const entries = await all(blobs.list('files'))
    expect(entries.map(({ name }) => name)).toEqual(names)
    for (const { bytes: size, modifiedAt } of entries) {
      expect(size).toBe(bytes.length)
      expect(Math.abs(Date.now() - modifiedAt)).toBeLessThan(60_000)
    }
    await blobs.remove('files/ab03')
    await blobs.remove('files/ab03')
    expect(await all(blobs.list('files'))).toHaveLength(4)
    expect(await all(blobs.list('uploads'))).toEqual([])
  })

  test('that are missing or too large are refused', async () => {
    const blobs = await open()
    const path = join(temporaryFolder(), 'to')
    await expect(blobs.fetch('files/ab12', path, { limit })).rejects.toMatchObject({
      code: 'BUNDLE_CORRUPT',
      message: expect.stringContaining('is not there'),
    })
    await blobs.put('files/ab12', bytes)
    await expect(blobs.fetch('files/ab12', path, { limit: bytes.length - 1 })).rejects.toMatchObject({
      code: 'BUNDLE_CORRUPT',
      message: expect.stringContaining('more than 11 bytes'),
    })
    await expect(blobs.read('files/ab12', { limit: 1 })).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT' })
  })

  test.each(['files/../../etc/passwd', '/etc/passwd', 'files/a/b', 'files/', 'files/A\n', '..', 'files/.'])(
    'have no names that lead elsewhere: %j',
    async (name) => {
      const blobs = await open()
      const path = join(temporaryFolder(), 'to')
      const refused = { code: 'BUNDLE_CORRUPT' }
      await expect((async () => blobs.fetch(name, path, { limit }))()).rejects.toMatchObject(refused)
      await expect((async () => blobs.put(name, bytes))()).rejects.toMatchObject(refused)
      await expect((async () => blobs.remove(name))()).rejects.toMatchObject(refused)
    },
  )
})

describe('a directory', () => {
  test('that cannot be written is refused, with no draft left', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const unwritable = new DirectoryBlobs(join(folder, 'file', 'store'))
    await expect(unwritable.put('files/ab12', bytes)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const blobs = new DirectoryBlobs(folder)
    await expect(blobs.put('files/ab12', { path: join(folder, 'nothing') })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    expect(readdirSync(join(folder, 'drafts'))).toEqual([])
    expect(await blobs.has('files/ab12')).toBe(false)
  })

  test.skipIf(!mayMount())('that is full keeps no half file', async () => {
    const folder = temporaryFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder])
    try {
      const blobs = new DirectoryBlobs(folder)
      await blobs.put('files/ab12', bytes)
      const full = blobs.put('files/cd34', Buffer.alloc(1 << 20))
      await expect(full).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('ENOSPC'),
      })
      expect(readdirSync(join(folder, 'drafts'))).toEqual([])
      expect(await all(blobs.list('files'))).toHaveLength(1)
      await blobs.put('files/ef56', bytes)
    } finally {
      execFileSync('umount', [folder])
    }
  })

  test('does not show what a killed process left half', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'drafts'))
    writeFileSync(join(folder, 'drafts', 'half'), 'ha')
    expect(await all(new DirectoryBlobs(folder).list('files'))).toEqual([])
  })
})

describe('S3', () => {
  const broken = (fault: S3Fault, times = Number.POSITIVE_INFINITY) => {
    let left = times
    s3.fault = () => (left-- > 0 ? fault : null)
  }

  test.each(['slow-down', 'truncate'] as const)('is asked again after %s', async (fault) => {
    const blobs = await openS3()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'from'), bytes)
    broken(fault === 'truncate' ? 'slow-down' : fault, 1)
    await blobs.put('files/ab12', { path: join(folder, 'from') })
    broken(fault, 2)
    await blobs.fetch('files/ab12', join(folder, 'to'), { limit })
    expect(readFileSync(join(folder, 'to'))).toEqual(bytes)
    broken(fault, 1)
    expect(Buffer.from(await blobs.read('files/ab12', { limit }))).toEqual(bytes)
  })

  test.each(['refuse', 'truncate', 'slow-down'] as const)(
    'that goes on to %s is unavailable',
    async (fault) => {
      const blobs = await openS3()
      await blobs.put('files/ab12', bytes)
      broken(fault)
      const path = join(temporaryFolder(), 'to')
      await expect(blobs.fetch('files/ab12', path, { limit })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        details: { retryAfter: 5 },
      })
    },
  )

  test.each(['stall', 'silence'] as const)('that answers with %s is given up', async (fault) => {
    const blobs = await openS3(300)
    await blobs.put('files/ab12', bytes)
    broken(fault)
    const path = join(temporaryFolder(), 'to')
    const refused = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('no answer within 300 ms') }
    await expect(blobs.fetch('files/ab12', path, { limit })).rejects.toMatchObject(refused)
    if (fault === 'stall') return
    await expect(blobs.has('files/ab12')).rejects.toMatchObject(refused)
    await expect(blobs.put('files/ab12', bytes)).rejects.toMatchObject(refused)
  })

  test('is left at once where the work was cancelled', async () => {
    const blobs = await openS3()
    await blobs.put('files/ab12', bytes)
    broken('stall')
    const controller = new AbortController()
    const path = join(temporaryFolder(), 'to')
    const fetched = blobs.fetch('files/ab12', path, { limit, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('cancelled')), 50)
    await expect(fetched).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  test('that nobody runs, or another bucket, is unavailable, and no secret is told', async () => {
    const nowhere = await S3Blobs.open(readS3Address('s3://bucket?endpoint=http://127.0.0.1:1'))
    await expect(nowhere.has('files/ab12')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const other = await S3Blobs.open(readS3Address(s3.store().replace('bucket', 'another')))
    const error = await other.put('files/ab12', bytes).catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('NoSuchBucket'),
    })
    vi.stubEnv('AWS_SESSION_TOKEN', 'test-token')
    const refused = await openS3()
    broken('refuse')
    const errors = [error]
    for (const ask of [
      refused.has('files/ab12'),
      refused.put('files/ab12', bytes),
      refused.read('files/ab12', { limit }),
    ]) {
      errors.push(await ask.catch((thrown) => thrown))
    }
    expect(errors.at(-1).message).toContain('AccessDenied (HTTP 403)')
    for (const each of errors)
      expect(inspect(each, { depth: 9 })).not.toMatch(/test-secret|test-token|AWS4-HMAC/)
  })

  test('takes the keys of one prefix', async () => {
    const blobs = await S3Blobs.open(readS3Address(s3.store('some/where')))
    await blobs.put('files/ab12', bytes)
    expect([...s3.objects.keys()]).toEqual(['some/where/files/ab12'])
    expect(blobs.place).toBe('s3://bucket/some/where/')
  })
})

test.each([
  's3://',
  's3://UPPER',
  's3://bucket?endpoint=ftp://x',
  's3://bucket?endpoint=https://user:password@x',
  's3://bucket?secret=x',
  's3://bucket#x',
])('%s is no address', (address) => {
  const error = expectError('USAGE', () => readS3Address(address))
  expect(error.message).not.toContain('password')
})

function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
