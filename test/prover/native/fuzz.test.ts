import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { bytesOf, runnableBuilds } from '../../support/native-builds.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { RandomSource } from '../../support/random-source.js'
import { isRelease } from '../../support/release.js'
import { shapedCircuit } from '../../support/shaped-circuit.js'

const hasCompiler = spawnSync('g++', ['--version']).status === 0
const drivers = ['fuzz-key', 'fuzz-prepared']
/** Shapes of circuits, and how often their keys are damaged. */
const keys = [
  ['any mixture', 600],
  ['no private wire', 600],
  ['bits and small weights', 100],
  ['coefficients and values at borders', 600],
] as const
const options = {
  portable: [],
  bmi2: ['-mbmi2', '-madx'],
  ifma: ['-march=x86-64-v4', '-madx', '-mavx512ifma', '-DZKSERVE_IFMA'],
}
const address = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']

interface Tally {
  readonly proofs: number
  readonly refusedKeys: number
  readonly refusedWitnesses: number
}

/** The drivers take a minute each to compile: only with ZKSERVE_RELEASE=1. */
describe.runIf(isRelease && hasCompiler)('under sanitisers', { timeout: 1_800_000 }, () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zkserve-fuzz-'))
    const random = new RandomSource(60)
    for (const [index, [shape]] of keys.entries()) {
      const { circuit, witness } = shapedCircuit(random, shape)
      const { zkey } = await developmentSetup(readR1cs(writeR1cs(circuit)), { random: random.fill })
      writeFileSync(join(folder, `${index}.zkey`), zkey)
      writeFileSync(join(folder, `${index}.values`), bytesOf(witness))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function compile(driver: string, flags: readonly string[]): string {
    const source = join(packageRoot, 'test/prover/native/fuzz', `${driver}.cpp`)
    const program = join(folder, `${driver}-${flags.length}`)
    const all = ['-std=c++17', '-O1', '-g1', '-pthread', ...flags, source, '-o', program]
    const { status, stderr } = spawnSync('g++', all, { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return program
  }

  /** Runs a driver over a key; its last line counts the outcomes. */
  function run(program: string, key: number, rounds: number, threads: number): Tally {
    const files = [join(folder, `${key}.zkey`), join(folder, `${key}.values`)]
    const { status, signal, stdout, stderr } = spawnSync(
      program,
      [...files, String(rounds), String(1_000_000 * key), String(threads)],
      { encoding: 'utf8', timeout: 900_000, maxBuffer: 1 << 26 },
    )
    expect({ status, signal }, stderr.slice(-4000)).toEqual({ status: 0, signal: null })
    return JSON.parse(stdout) as Tally
  }

  describe.each(drivers)('%s', (driver) => {
    test.each(runnableBuilds)('the %s build proves or refuses what is damaged', (build) => {
      const program = compile(driver, [...address, ...options[build]])
      for (const [key, [, rounds]] of keys.entries()) {
        const { proofs, refusedKeys, refusedWitnesses } = run(program, key, rounds, 1 + (key % 2))
        expect(proofs).toBeGreaterThan(rounds / 8)
        expect(refusedKeys).toBeGreaterThan(rounds / 8)
        expect(refusedWitnesses).toBeGreaterThan(rounds / 50)
      }
    })
  })

  test('threads share nothing that is not guarded', () => {
    const program = compile('fuzz-key', ['-fsanitize=thread'])
    for (const key of [0, 2]) expect(run(program, key, 60, 4).proofs).toBeGreaterThan(10)
  })
})
