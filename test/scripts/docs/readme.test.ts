import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { projectReadmePath, withProjectTables } from '#scripts/docs/project-readme.js'

test("the README's generated tables are those of the sources", () => {
  const text = readFileSync(projectReadmePath, 'utf8')
  expect(withProjectTables(text)).toBe(text)
})
