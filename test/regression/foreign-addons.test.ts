import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { distFile } from '#circuits/paths.js'

/** Loads what a proving thread loads, hashes once, and lists the addons in the process. */
const program = `
import(process.argv[1]).catch(() => undefined)
  .then(() => import(process.argv[2]))
  .then(({ loadPoseidon }) => loadPoseidon())
  .then(() => {
    const addons = process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node'))
    console.log(JSON.stringify(addons))
    process.exit()
  })
`

/** blake-hash, which circomlibjs' entry loads, corrupted the heap whenever a proving thread ended. */
test('a proving thread loads no native addon but the prover', () => {
  const modules = ['service/pool/proof-worker.js', 'prover/inference/poseidon.js']
  const { stdout } = spawnSync(
    process.execPath,
    ['--eval', program, ...modules.map((path) => pathToFileURL(distFile(path)).href)],
    { encoding: 'utf8' },
  )
  const addons: string[] = JSON.parse(stdout)
  expect(addons.filter((path) => !path.includes('/prover/native/'))).toEqual([])
})
