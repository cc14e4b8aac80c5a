import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkWitness } from '#prover/r1cs/check.js'
import { proverBench } from '#scripts/bench/prover/command.js'
import { availableBackends, backendNames } from '#scripts/bench/prover/contestants.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'

const folder = mkdtempSync(join(tmpdir(), 'zkserve-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('synthetic witnesses satisfy their circuits', () => {
  for (const count of [1, 28, 29, 1000]) {
    const { r1cs, witness } = syntheticCircuit(count)
    expect(checkWitness(r1cs, witness)).toBeUndefined()
  }
})

test('all back ends of this machine prove a circuit of 2^10 rows; the figures are printed and written', async () => {
  const json = join(folder, 'bench.json')
  const printed: string[] = []
  const args = ['--sizes', '10', '--rounds', '1', '--threads', '1', '--keys', folder, '--json', json]
  await proverBench(
    args,
    (text) => printed.push(text),
    () => {},
  )
  const { subjects, machine } = JSON.parse(readFileSync(json, 'utf8'))
  expect(machine.cores).toBeGreaterThan(0)
  const [subject] = subjects
  expect(subject).toMatchObject({ name: '2^10', domain: 1024, publicSignals: 4 })
  expect(subject.contestants.map((each: { backend: string }) => each.backend)).toEqual(
    availableBackends(backendNames),
  )
  for (const { prove, memory } of subject.contestants) {
    expect(prove.cpu).toBeGreaterThan(0)
    // Of so small a circuit the memory is lost in that of Node.
    expect(memory).toEqual(expect.any(Number))
  }
  expect(printed.join()).toContain('### 2^10')
  expect(printed.join()).toContain('| snarkjs')
}, 120_000)
