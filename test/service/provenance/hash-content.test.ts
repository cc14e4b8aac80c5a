import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashContent } from '#service/provenance/hash-content.js'
import { isPlainPath, localFile } from '#service/provenance/local-file.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-hash-'))
  mkdirSync(join(folder, 'data', 'b', 'empty'), { recursive: true })
  writeFileSync(join(folder, 'data', 'b', 'two.txt'), 'two')
  writeFileSync(join(folder, 'data', 'b.txt'), 'between by bytes')
  writeFileSync(join(folder, 'data', 'ä'), 'last')
  writeFileSync(join(folder, 'data', 'a.txt'), 'one')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('a file has its SHA-256', async () => {
  expect(await hashContent(join(folder, 'data', 'a.txt'))).toBe(`0x${sha256('one')}`)
})

test('a folder has the hash of its listing, the same as the shell computes', async () => {
  const listing = [
    'zkserve folder 1',
    `${sha256('one')}  a.txt`,
    `${sha256('between by bytes')}  b.txt`,
    `${sha256('two')}  b/two.txt`,
    `${sha256('last')}  ä`,
  ]
  const own = await hashContent(join(folder, 'data'))
  expect(own).toBe(`0x${sha256(`${listing.join('\n')}\n`)}`)
  const command = `(echo 'zkserve folder 1'; find * -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum) | sha256sum`
  const shell = execFileSync('bash', ['-c', command], { cwd: join(folder, 'data'), encoding: 'utf8' })
  expect(own).toBe(`0x${shell.slice(0, 64)}`)
})

test('what has no canonical hash is refused', async () => {
  const make = (name: string) => {
    const path = join(folder, name)
    mkdirSync(path)
    return path
  }
  const linked = make('linked')
  symlinkSync('/etc/passwd', join(linked, 'passwd'))
  const odd = make('odd')
  writeFileSync(join(odd, 'a\nb'), '')
  let deep = make('deep')
  const top = deep
  for (let i = 0; i < 70; i++) {
    deep = join(deep, 'd')
    mkdirSync(deep)
  }
  for (const path of [linked, odd, top, make('nothing')])
    await expect(hashContent(path)).rejects.toMatchObject({ code: 'INVALID_PROVENANCE' })
  for (const path of [join(folder, 'none'), '/dev/null'])
    await expect(hashContent(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})

test('URIs of records lead to files below the folder alone', async () => {
  const data = join(folder, 'data')
  expect(await localFile(data, 'b/two.txt')).toBe(join(data, 'b', 'two.txt'))
  expect(await localFile(data, 'none.txt')).toBeNull()
  symlinkSync('/etc', join(folder, 'data-out'))
  expect(await localFile(folder, 'data-out/passwd')).toBeNull()
  const outside = [
    '../a',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    './a',
    '',
    'https://x/y',
    'file:a',
    'a\\b',
    'a%2e',
    'a\0',
  ]
  expect(outside.filter(isPlainPath)).toEqual([])
  for (const uri of outside) expect(await localFile(data, uri)).toBeNull()
})
