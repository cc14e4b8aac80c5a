/**
 * Puts the command line beside those of the dependencies, so that `npx zkserve` and npm scripts find it in a clone.
 * npm does so for dependencies alone; for the project itself npx would go through its global cache.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'node_modules', '.bin')
const link = join(folder, 'zkserve')

// Windows needs shims, which only npm makes: there npx's own way serves.
if (process.platform !== 'win32') {
  mkdirSync(folder, { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(relative(folder, join(root, 'dist', 'service', 'cli', 'main.js')), link)
}
