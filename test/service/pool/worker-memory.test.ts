import { expect, test } from 'vitest'
import { workerMemory } from '#service/pool/worker-memory.js'

test('the setting goes before what the machine has', () => {
  expect(workerMemory(123, { total: 1000, constrained: 500 })).toBe(123)
})

test('three quarters of the machine, or of the container within it', () => {
  expect(workerMemory(0, { total: 1001, constrained: 0 })).toBe(750)
  expect(workerMemory(0, { total: 1000, constrained: 400 })).toBe(300)
  expect(workerMemory(0, { total: 1000, constrained: 2 ** 64 })).toBe(750)
  expect(workerMemory(0)).toBeGreaterThan(2 ** 28)
})
