import { expect, test } from 'vitest'
import { runProvenanceExample } from '#scripts/examples/provenance/run.js'

test('the example walks a version back to its data, and every attack is seen', {
  timeout: 120_000,
}, async () => {
  const lines: string[] = []
  await runProvenanceExample((text) => void lines.push(text))
  const text = lines.join('\n')
  expect(text).toContain('rests on licence  LICENCE.txt')
  expect(text.match(/refused: /g)).toHaveLength(3)
  expect(text).toMatch(/tampered with +found: content of dataset/)
})
