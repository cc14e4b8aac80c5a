import { expect, test } from 'vitest'
import { proofMemory } from '#prover/memory.js'

const facts = (key: number, total: number) =>
  ({ files: { 'proving.zkey': { bytes: key } }, constraints: { total } }) as Parameters<typeof proofMemory>[0]
const mebi = 2 ** 20

/** Peak memory of one proof as it was measured, in MiB; see prover/memory.ts. */
const measured = [
  { name: 'digits-cnn', facts: facts(2_546_836, 3543), native: 123, wasm: 142, snarkjs: 140 },
  { name: 'mnist-mlp', facts: facts(6_853_300, 8336), native: 134, wasm: 171, snarkjs: 179 },
  { name: 'mnist-lenet5', facts: facts(70_390_908, 94_603), native: 152, wasm: 441, snarkjs: 333 },
] as const

test.each(measured)('a proof of $name fits into what is asked for it, and not into half', (model) => {
  for (const backend of ['native', 'wasm', 'snarkjs'] as const) {
    const fitted = proofMemory(model.facts, { backend }) / mebi
    expect(fitted).toBeGreaterThan(1.05 * model[backend])
    expect(fitted).toBeLessThan(2.5 * model[backend])
  }
})

test('more constraints, a larger key and more threads take more', () => {
  for (const backend of ['native', 'wasm', 'snarkjs'] as const) {
    const of = (key: number, total: number, threads = 1) =>
      proofMemory(facts(key, total), { backend, threads })
    expect(of(2e7, 1000)).toBeGreaterThan(of(1e7, 1000))
    expect(of(1e7, 70_000)).toBeGreaterThanOrEqual(of(1e7, 60_000))
    if (backend !== 'snarkjs') expect(of(1e7, 1000, 4)).toBe(of(1e7, 1000) + 3 * 16 * mebi)
    expect(Number.isSafeInteger(of(12_345_677, 999))).toBe(true)
  }
})

test('auto is one of the back ends', () => {
  const of = (backend: 'auto' | 'native' | 'wasm' | 'snarkjs') => proofMemory(facts(1e7, 5000), { backend })
  expect([of('native'), of('wasm'), of('snarkjs')]).toContain(of('auto'))
})
