import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeDirectoryWhole, writeFileWhole } from '#prover/bundle/files.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const code = (code: string) => expect.objectContaining({ code })
const fill = (staging: string) => writeFile(join(staging, 'a'), 'content')

describe('a directory', () => {
  test('appears with all that was filled in, folders above it too, and nothing beside it', async () => {
    const folder = temporaryFolder()
    const target = join(folder, 'new', 'target')
    expect(await makeDirectoryWhole(target, async (staging) => fill(staging).then(() => 7))).toBe(7)
    expect(readFileSync(join(target, 'a'), 'utf8')).toBe('content')
    expect(readdirSync(join(folder, 'new'))).toEqual(['target'])
  })

  test('may exist if it is empty', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'target'))
    await makeDirectoryWhole(join(folder, 'target'), fill)
    expect(readdirSync(folder)).toEqual(['target'])
  })

  test('is refused where something is already, which stays as it is', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full', 'other'), 'kept')
    writeFileSync(join(folder, 'file'), 'kept')
    for (const name of ['full', 'file', 'full/']) {
      await expect(makeDirectoryWhole(join(folder, name), fill)).rejects.toThrow(code('BUNDLE_EXISTS'))
    }
    expect(readFileSync(join(folder, 'full', 'other'), 'utf8')).toBe('kept')
    expect(readdirSync(folder)).toEqual(['file', 'full'])
  })

  test('leaves nothing where filling fails', async () => {
    const folder = temporaryFolder()
    const failing = async (staging: string) => {
      await fill(staging)
      throw new Error('no more')
    }
    await expect(makeDirectoryWhole(join(folder, 'target'), failing)).rejects.toThrow('no more')
    expect(readdirSync(folder)).toEqual([])
  })

  test('belongs to one of those that make it at once', async () => {
    const folder = temporaryFolder()
    const makers = Array.from({ length: 8 }, () => makeDirectoryWhole(join(folder, 'target'), fill))
    const results = await Promise.allSettled(makers)
    const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
    expect(failures.length).toBe(7)
    for (const failure of failures) expect(failure).toMatchObject({ code: 'BUNDLE_EXISTS' })
    expect(readdirSync(folder)).toEqual(['target'])
  })

  test('sweeps what builds that died left, not what builds that live are making', async () => {
    const folder = temporaryFolder()
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid']))
    const kept = [`.target.building-${process.pid}-0000`, `.other.building-${dead}-0000`]
    for (const name of [...kept, `.target.building-${dead}-0000`]) {
      mkdirSync(join(folder, name))
    }
    await makeDirectoryWhole(join(folder, 'target'), fill)
    expect(readdirSync(folder).sort()).toEqual([...kept, 'target'].sort())
  })

  test('that cannot be made is refused by a code', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const path of [join(folder, 'file', 'below'), join(folder, 'x'.repeat(300))]) {
      await expect(makeDirectoryWhole(path, fill)).rejects.toThrow(code('FILE_NOT_FOUND'))
    }
  })

  test.skipIf(!canMount())(
    'that the disk has no space for is refused by a code, and leaves nothing',
    async () => {
      const folder = temporaryFolder()
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
      onTestFinished(() => void execFileSync('umount', [folder]))
      const large = (staging: string) => writeFile(join(staging, 'a'), new Uint8Array(1_000_000))
      await expect(makeDirectoryWhole(join(folder, 'target'), large)).rejects.toThrow(code('FILE_NOT_FOUND'))
      await expect(writeFileWhole(join(folder, 'file'), new Uint8Array(1_000_000))).rejects.toThrow(
        code('FILE_NOT_FOUND'),
      )
      expect(readdirSync(folder)).toEqual([])
    },
  )
})

describe('a file', () => {
  test('is replaced whole', async () => {
    const folder = temporaryFolder()
    await writeFileWhole(join(folder, 'a'), 'first')
    await writeFileWhole(join(folder, 'a'), new TextEncoder().encode('second'))
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('second')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  test('that cannot be written is refused by a code', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'taken'))
    for (const path of [join(folder, 'none', 'a'), join(folder, 'taken')]) {
      await expect(writeFileWhole(path, 'content')).rejects.toThrow(code('FILE_NOT_FOUND'))
    }
    expect(readdirSync(folder)).toEqual(['taken'])
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})

/** Whether this process may mount a file system of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}
