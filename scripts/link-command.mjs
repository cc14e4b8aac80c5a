/**
 * Puts `zkserve` beside the commands of the dependencies, where npx and npm scripts look first. An entry `bin` in
 * package.json would send npx through its global cache, which calls that run side by side can break.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'node_modules', '.bin')
const command = relative(folder, join(root, 'dist', 'service', 'cli', 'main.js'))

mkdirSync(folder, { recursive: true })
if (process.platform === 'win32') {
  writeFileSync(join(folder, 'zkserve.cmd'), `@node "%~dp0\\${command}" %*\r\n`)
} else {
  rmSync(join(folder, 'zkserve'), { force: true })
  symlinkSync(command, join(folder, 'zkserve'))
}
