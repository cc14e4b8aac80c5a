import { expect, test } from 'vitest'
import { emitCircuit } from '#circuits/emit/emit.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import { tinyModels } from '../../support/circuit/models.js'
import { type NetworkSpec, networkBatch } from '../../support/circuit/network-batch.js'
import { expectOneOutput } from '../../support/circuit/one-output.js'

test('emitted circuits equal the interpreter and have no second output; lanes out of range have no witness', async () => {
  const specs = tinyModels.flatMap((model): NetworkSpec[] => [
    { model, mode: 'public' },
    { model, mode: 'hashed' },
  ])
  const { batch, instances } = await networkBatch(specs)
  await expectOneOutput(batch, instances)
})

test('no constraint of an emitted circuit can go: without it, some output is forged', async () => {
  const chosen = tinyModels.filter(({ name }) => !/argMax of [25]|pad 1/.test(name))
  const specs = chosen.flatMap((model, k) => weakened({ model, mode: k === 0 ? 'hashed' : 'public' }))
  expect(specs.length).toBeGreaterThanOrEqual(40)
  const { batch, instances } = await networkBatch(specs)
  const forgeries = await forgeBatch(batch, instances)
  forgeries.forEach((forgery, k) => {
    expect(forgery, `${instances[k]!.name}, occurrence ${k}: ${specs[k]!.line}`).not.toBeNull()
  })
})

/** One variant for each constraint of the emitted text: `<==` turned into advice, `===` left out. */
function weakened(spec: NetworkSpec): (NetworkSpec & { readonly line: string })[] {
  const { source } = emitCircuit(spec.model, spec.mode)
  return [...source.matchAll(/<==|===/g)].flatMap(({ index, 0: relation }) => {
    const [start, end] = [source.lastIndexOf('\n', index) + 1, source.indexOf('\n', index)]
    const line = source.slice(start, end).trim()
    // The context's square only keeps the context among the constraints; a tagged permutation reads no capacity.
    if (/contextSquare|absorb0\.capacity/.test(line)) return []
    const rewrite = (text: string) =>
      relation === '==='
        ? text.slice(0, start) + text.slice(end)
        : `${text.slice(0, index)}<--${text.slice(index + 3)}`
    return [{ ...spec, line, rewrite }]
  })
}
