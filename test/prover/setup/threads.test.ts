/** Runs the compiled set-up in a process of its own, since worker threads need compiled files: `npm run build` first. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'

const compiled = existsSync(new URL('../../../dist/prover/setup/multiply-worker.js', import.meta.url))

/** SHA-256 of the key of a synthetic circuit from secrets that are the same each time. */
const program = `
  import { createHash } from 'node:crypto'
  import { developmentSetup } from '#prover/setup/development.js'
  import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'
  const { r1cs } = syntheticCircuit(3000)
  let count = 0
  const random = (bytes) => bytes.set(createHash('sha256').update(String(count++)).digest())
  const options = { threads: Number(process.argv[1]), native: 'none' }
  if (process.argv[2] === 'abort') {
    const controller = new AbortController()
    const onProgress = ({ stage, done }) => stage === 'points' && done > 0 && controller.abort()
    await developmentSetup(r1cs, { ...options, signal: controller.signal, onProgress }).catch((error) => console.log(error.code))
  } else {
    const { zkey } = await developmentSetup(r1cs, { ...options, random })
    console.log(createHash('sha256').update(zkey).digest('hex'))
  }
`

function run(...args: string[]): string {
  const node = ['--input-type=module', '--eval', program, ...args]
  return execFileSync(process.execPath, node, { encoding: 'utf8', timeout: 60_000 }).trim()
}

test.skipIf(!compiled)('any number of threads gives the same key, and the process ends by itself', () => {
  const alone = run('1')
  expect(alone).toHaveLength(createHash('sha256').digest('hex').length)
  expect(run('2')).toBe(alone)
  expect(run('3')).toBe(alone)
})

test.skipIf(!compiled)('an abort ends the threads', () => {
  expect(run('2', 'abort')).toBe('CANCELLED')
})
