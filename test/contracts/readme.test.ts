import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) =>
  readFileSync(new URL(`../../verifier-contracts/${path}`, import.meta.url), 'utf8')

test('gas figures in the README are those of the snapshot', () => {
  const gas = JSON.parse(read('snapshots/gas.json')) as Record<string, string>
  const rows = [...read('README.md').matchAll(/^\| `([^`]+)` \| ([\d,]+) \|$/gm)]
  expect(rows.length).toBeGreaterThan(10)
  const claimed = Object.fromEntries(rows.map(([, name, figure]) => [name, figure!.replaceAll(',', '')]))
  expect(gas).toMatchObject(claimed)
})
