import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbedded } from '#service/database/open-database.js'
import { sealedTasks } from '#service/jobs/task-codec.js'
import { openCipher } from '#service/secrets/open-cipher.js'
import { callCommand, callJson, type JsonReply } from '../support/command-line.js'
import { jobsOver, testJob, testWorker } from '../support/test-jobs.js'

let root: string
let data: string
let waiting: string
let file: string
let made: JsonReply
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  data = join(root, 'data')
  const jobs = await over(data)
  for (const task of ['done', 'waiting']) {
    const creation = await jobs.queue.create(testJob(task), { room: 9, openJobs: null })
    if (creation.kind !== 'created') throw new Error(creation.kind)
    if (task === 'waiting') waiting = creation.job.id
    else {
      const { id, attempt } = (await jobs.claims.claim(testWorker))!
      await jobs.claims.finish(id, attempt, { state: 'succeeded', result: 42 })
    }
  }
  await jobs.close()
  file = join(root, 'backup.tar.gz')
  made = await callJson(['backup', file, '--data-dir', data, '--with-key'])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The queue of a data directory, sealed with its key. */
async function over(dataDir: string) {
  const database = await openEmbedded(dataDir)
  return jobsOver(database, { tasks: sealedTasks<string>(openCipher({ database: 'embedded', dataDir }, {})) })
}

describe('a backup', () => {
  test('is restored with its jobs, its key and its audit log', async () => {
    expect(made.document).toMatchObject({ file, key: `${file}.key`, size: statSync(file).size })
    for (const path of [file, `${file}.key`]) expect(statSync(path).mode & 0o777).toBe(0o600)
    const restored = join(root, 'restored')
    const reply = await callJson(['restore', file, '--data-dir', restored, '--key', `${file}.key`])
    expect(reply).toMatchObject({ code: 0, document: { head: made.document.head, records: 3, key: true } })
    expect(statSync(restored).mode & 0o777).toBe(0o700)
    const jobs = await over(restored)
    const claim = (await jobs.claims.claim(testWorker))!
    expect(claim).toMatchObject({ id: waiting, task: 'waiting' })
    const { jobs: listed } = await jobs.queue.list('default', { limit: 9 })
    expect(listed.map(({ status }) => status)).toContainEqual({ state: 'succeeded', result: 42 })
    await jobs.close()
  })

  test('holds the key only where that was asked for, and says so', async () => {
    const without = join(root, 'without.tar.gz')
    const { code, stdout } = await callCommand(['backup', without, '--data-dir', data])
    expect(code).toBe(0)
    expect(stdout).toContain('what is sealed cannot be read without')
    expect(existsSync(`${without}.key`)).toBe(false)
    const key = readFileSync(join(data, 'encryption.key'), 'utf8').trim()
    expect(readFileSync(without).includes(key)).toBe(false)
  })

  test('goes over no file, and into no directory that holds something', async () => {
    const there = join(root, 'there')
    writeFileSync(there, 'mine')
    expect(await callJson(['backup', there, '--data-dir', data])).toMatchObject({
      code: 2,
      document: { error: { code: 'FILE_NOT_FOUND' } },
    })
    expect(readFileSync(there, 'utf8')).toBe('mine')
    expect(await callJson(['restore', file, '--data-dir', data])).toMatchObject({
      code: 2,
      document: { error: { code: 'USAGE' } },
    })
    expect(readdirSync(root).filter((name) => name.includes('draft'))).toEqual([])
  })

  test('that is damaged or none is refused, and leaves nothing behind', async () => {
    const bytes = readFileSync(file)
    const flipped = Buffer.from(bytes)
    flipped[bytes.length >> 1]! ^= 0xff
    const empty = join(root, 'empty')
    mkdirSync(empty)
    for (const content of [
      Buffer.alloc(0),
      Buffer.from('no'),
      bytes.subarray(0, bytes.length >> 1),
      flipped,
    ]) {
      const bad = join(root, 'bad')
      writeFileSync(bad, content)
      for (const dataDir of [join(root, 'new'), empty]) {
        const { code, document } = await callJson(['restore', bad, '--data-dir', dataDir])
        expect(code).toBe(2)
        expect(document.error.code).toBe('INVALID_DATA')
      }
      expect(existsSync(join(root, 'new'))).toBe(false)
      expect(readdirSync(empty)).toEqual([])
    }
    // Whole as a file, but no database.
    writeFileSync(join(root, 'bad'), gzipSync('no tar'))
    const odd = await callJson(['restore', join(root, 'bad'), '--data-dir', empty])
    expect(odd.document.error.code).toBe('INVALID_DATA')
    expect(readdirSync(empty)).toEqual([])
    const none = await callJson(['restore', join(root, 'none'), '--data-dir', empty])
    expect(none.document.error.code).toBe('FILE_NOT_FOUND')
  })
})
