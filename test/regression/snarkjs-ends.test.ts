import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pairBundle } from '../service/support/bundles.js'
import { runCommand } from '../service/support/command-line.js'

/** Poseidon's library, loaded after snarkjs had started its threads, made it forget them: the process never ended. */
test('a process that proves by snarkjs ends', async () => {
  const bundle = await pairBundle()
  const path = (name: string) => join(tmpdir(), `zkserve-test-${process.pid}-${name}.json`)
  const [input, proof] = [path('input'), path('proof')]
  writeFileSync(input, JSON.stringify({ input: { a: [0, 0.5, 1], b: [1, 1, 0] } }))
  const { code } = await runCommand([
    'prove',
    bundle,
    '--input',
    input,
    '--backend',
    'snarkjs',
    '--out',
    proof,
  ])
  for (const file of [input, proof]) rmSync(file, { force: true })
  expect(code).toBe(0)
})
