import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const at = (path: string) => new URL(`../../verifier-contracts/${path}`, import.meta.url)
const read = (path: string) => readFileSync(at(path), 'utf8')

test('gas figures in the README and its pages are those of the snapshots', () => {
  const groups = readdirSync(at('snapshots')).map(
    (file): Record<string, string> => JSON.parse(read(`snapshots/${file}`)),
  )
  const pages = ['README.md', ...readdirSync(at('docs')).map((page) => `docs/${page}`)]
  const rows = pages.flatMap((page) => [...read(page).matchAll(/^\| `([^`]+)` \| ([\d,]+) \|$/gm)])
  expect(rows.length).toBeGreaterThan(10)
  for (const [, name, figure] of rows) {
    const figures = groups.map((group) => group[name!])
    expect(figures, name).toContain(figure!.replaceAll(',', ''))
  }
})
