import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { compileBatch, honestClaims } from '../../support/circuit/batch.js'
import { mutateAndRepair, searchForgery } from '../../support/circuit/forge.js'
import { forgeBatch } from '../../support/circuit/forge-batch.js'
import { permutationInstances } from '../../support/circuit/permutations.js'

test('the permutation equals circomlibjs, lanes packed, and has no second digest', async () => {
  const instances = await permutationInstances()
  const batch = await compileBatch(instances, ['commitment.circom'])
  const claims = await honestClaims(batch, instances)
  batch.parts.forEach((part, k) => {
    for (const claim of claims[k]!) {
      expect(
        part.outputs.map((wire) => claim.honest![wire]!),
        part.name,
      ).toEqual(claim.expected)
      expect(searchForgery(part, claim, []), part.name).toMatchObject({ forged: null, proven: true })
      expect(mutateAndRepair(part, claim, [])).toBeNull()
    }
  })
})

test('none of its constraints can go: without it, a digest is forged', async () => {
  const library = readFileSync(join(packageRoot, 'circuits', 'lib', 'commitment.circom'), 'utf8')
  const mutants = [...library.matchAll(/<==/g)].map(({ index }, k) => {
    const text = `${library.slice(0, index)}<--${library.slice(index + 3)}`
    return text.replace(/\b(Permutation|partialRounds)\(/g, `$1_${k}(`)
  })
  expect(mutants.length).toBe(4)
  const instances = (await Promise.all(mutants.map((_, k) => permutationInstances(`Permutation_${k}`)))).map(
    ([first]) => first!,
  )
  const files = Object.fromEntries(mutants.map((text, k) => [`mutant${k}.circom`, text]))
  const forgeries = await forgeBatch(await compileBatch(instances, [], files), instances)
  expect(forgeries).not.toContain(null)
})
