import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isRelease } from '../support/release.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a contract script; a first run compiles all contracts, which takes a minute or two. */
function run(script: string, ...options: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = isRelease ? { ...process.env, FOUNDRY_PROFILE: 'release' } : process.env
    const child = spawn(process.execPath, [`scripts/contracts/${script}`, ...options], { cwd: root, env })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('error', reject).once('close', (status) => resolve({ status, output }))
  })
}

/** The release profile has 10,000 fuzz runs, and 2,000 × 500 calls of each invariant. */
const timeout = isRelease ? 7_200_000 : 1_200_000

test('forge tests pass and gas equals the snapshot', { timeout }, async () => {
  const { status, output } = await run('forge.mjs', 'test')
  expect(status, output.slice(-4000)).toBe(0)
})

test('generated artefacts are those of the sources', { timeout: 300_000 }, async () => {
  const { status, output } = await run('generate.mjs', '--check')
  expect(status, output).toBe(0)
})
