import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { verifyGraph } from '#circuits/graph/verify.js'
import { importOnnx } from '#circuits/import/import-model.js'

test('500 mutants of real models give a code or a graph that verifies', () => {
  const models = ['digits-cnn', 'mnist-mlp'].map((name) => readFileSync(`test/models/${name}/model.onnx`))
  let state = 7
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const codes = new Map<string, number>()
  for (let round = 0; round < 500; round++) {
    const source = models[round % 10 === 0 ? 1 : 0]!
    const mutant = mutate(source, random)
    const start = performance.now()
    let outcome = 'graph'
    try {
      verifyGraph(importOnnx(mutant))
    } catch (error) {
      expect(error).toBeInstanceOf(ZkserveError)
      outcome = (error as ZkserveError).code
    }
    expect(outcome).not.toBe('INTERNAL')
    expect(performance.now() - start).toBeLessThan(2000)
    codes.set(outcome, (codes.get(outcome) ?? 0) + 1)
  }
  expect(codes.size).toBeGreaterThan(3)
})

/** Changes bytes outside of the weights, where structure is; or cuts, doubles and removes ranges. */
function mutate(source: Uint8Array, random: (below: number) => number): Uint8Array {
  const structure = Array.from(source.keys()).filter((at) => at < 1000 || at > source.length - 400)
  const place = (): number => structure[random(structure.length)]!
  const mutant = Uint8Array.from(source)
  const kind = random(6)
  if (kind < 3) {
    for (let count = 0; count <= random(4); count++) mutant[place()] = random(256)
    return mutant
  }
  if (kind === 3) {
    const at = place()
    mutant[at] = mutant[at]! ^ (1 << random(8))
    return mutant
  }
  const [from, length] = [place(), 1 + random(40)]
  const removed = kind === 4 ? length : 0
  const inserted = kind === 5 ? mutant.subarray(from, from + length) : new Uint8Array(0)
  return Uint8Array.from([...mutant.subarray(0, from), ...inserted, ...mutant.subarray(from + removed)])
}
