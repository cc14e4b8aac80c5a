import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { serviceReadmePath, withTables } from '#scripts/docs/service-readme.js'

test('the tables of service/README.md are those of the sources; `npm run docs` writes them', () => {
  const text = readFileSync(serviceReadmePath, 'utf8')
  expect(withTables(text)).toBe(text)
})
