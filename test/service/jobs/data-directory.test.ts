import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { distFile } from '#circuits/paths.js'
import { lockDirectory } from '#service/database/data-directory.js'
import { expectError } from '../../support/expect-error.js'

let folder: string
const lock = () => join(folder, 'zkserve.lock')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a directory is one process’s until it is given free', () => {
  const unlock = lockDirectory(join(folder, 'a', 'b'))
  expectError('DATA_DIRECTORY_IN_USE', () => lockDirectory(join(folder, 'a', 'b')), /in use by process \d+$/)
  unlock()
  lockDirectory(join(folder, 'a', 'b'))()
})

test('what a killed process left is taken over; so is a lock whose pid is another process by now', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  for (const left of [`${pid} 12345`, `${process.pid} 1`, '', 'nonsense']) {
    writeFileSync(lock(), left)
    lockDirectory(folder)()
    expect(existsSync(lock())).toBe(false)
  }
})

test('of many processes at once one gets it', async () => {
  writeFileSync(lock(), '999999 1')
  const program = `
    const { lockDirectory } = await import(${JSON.stringify(pathToFileURL(distFile('service/database/data-directory.js')).href)})
    try { lockDirectory(process.argv[1]); console.log('got') } catch (error) { console.log(error.code) }
    process.stdin.resume()`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program, folder]),
  )
  const said = await Promise.all(
    children.map(
      (child) =>
        new Promise<string>((resolve) => {
          child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
        }),
    ),
  )
  // All live until all have tried.
  for (const child of children) child.stdin.end()
  expect(said.filter((text) => text === 'got').length).toBe(1)
  expect(said.filter((text) => text === 'DATA_DIRECTORY_IN_USE').length).toBe(5)
  expect(readFileSync(lock(), 'utf8')).toMatch(/^\d+ \d+$/)
})
