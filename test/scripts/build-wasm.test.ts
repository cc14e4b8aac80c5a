import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { onPath } from '../support/on-path.js'

const folder = join(packageRoot, 'prover', 'native', 'wasm')

test('the module has the hash beside it', () => {
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'prover.wasm')))
    .digest('hex')
  expect(readFileSync(join(folder, 'prover.wasm.sha256'), 'utf8')).toBe(`${hash}  prover.wasm\n`)
})

test.skipIf(!onPath('clang++-14'))('its sources give it (needs clang 14)', { timeout: 300_000 }, () => {
  const script = join(packageRoot, 'scripts', 'build-wasm.mjs')
  const run = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  // Without the libraries for wasm32 the compiler finds no headers.
  if (/file not found|cannot find/.test(run.stderr)) return
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
})
