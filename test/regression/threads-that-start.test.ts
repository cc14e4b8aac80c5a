import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { distFile } from '#circuits/paths.js'

/** Ends threads at any time of their start, which takes about 150 ms. */
const program = `
import { setTimeout } from 'node:timers/promises'
const { ProofPool } = await import(process.argv[1])
const task = { dir: '/absent', vkHash: '0x1', inputs: {}, context: {} }
for (let round = 0; round < 40; round++) {
  const pool = new ProofPool({ concurrency: 2, keyCache: 1, proofTimeout: 60_000 })
  const options = { signal: AbortSignal.timeout(round * 10), onStage: () => undefined }
  const proofs = [1, 2].map(() => pool.run(task, options).catch(() => undefined))
  await setTimeout(round * 10)
  await pool.close()
  await Promise.all(proofs)
}
`

/** Node aborted where a thread was ended in the middle of a `require` of an ES module: about once in a hundred starts. */
test('threads that are ended while they start leave the process alone', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program, pathToFileURL(distFile('service/pool/proof-pool.js')).href],
    { encoding: 'utf8' },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
