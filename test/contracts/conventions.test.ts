import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../../verifier-contracts/test/', import.meta.url))

test('no test expects a revert of `new`: forge would end it there, whatever follows', () => {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) =>
    file.endsWith('.sol'),
  )
  expect(files.length).toBeGreaterThan(10)
  const offenders = files.filter((file) =>
    /expectRevert\([^;]*\);\s*(\w+ \w+ = |\w+ = )?new [A-Z]\w*[({]/.test(
      readFileSync(`${folder}${file}`, 'utf8'),
    ),
  )
  expect(offenders, 'use assertDeploymentReverts').toEqual([])
})
