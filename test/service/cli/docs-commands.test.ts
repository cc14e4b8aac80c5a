/** Commands that docs name are there, with the options that they name. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { createProgram } from '#service/cli/program.js'

const program = createProgram({ json: false, report: () => {} }, process)

/** The name of a format begins alike. */
const formats = new Set(['audit v1'])

const skipped = new Set(['node_modules', 'dist', '.git', '.zkserve'])

/** All pages but the list of changes, which tells of what was. */
function pages(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pages(path)
    return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [path] : []
  })
}

/** Command lines in code: blocks for a shell, and what stands between backticks. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.replaceAll(/\\\n\s*/g, ' ').split('\n'),
  )
  const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)
  return [...blocks, ...inline].flatMap((line) => {
    const found = /(?:^|[\s(|;&])(?:npx )?zkserve ([a-z][^|;&#>]*)/.exec(line.replace(/#.*/, ''))
    return found === null || formats.has(found[1]!.trim()) ? [] : [found[1]!.trim()]
  })
}

/** What is wrong with a command line; null where nothing is. */
function wrongIn(line: string): string | null {
  const words = line.split(/\s+/)
  let command: Command = program
  while (command.commands.length > 0) {
    const word = words[0]
    const next = command.commands.find((each) => each.name() === word)
    if (next === undefined) {
      // A group by itself, or a pattern for several verbs, names no single one.
      if (command !== program && (word === undefined || !/^[a-z]/.test(word))) break
      return `there is no ${[command.name(), word].join(' ')}`
    }
    command = next
    words.shift()
  }
  const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split('=')[0]!)
  const known = (name: string) =>
    name === '--help' || command.options.some(({ long }) => long === name) || command.commands.length > 0
  const unknown = options.find((name) => !known(name))
  return unknown === undefined ? null : `${command.name()} has no ${unknown}`
}

const lines = pages(packageRoot).flatMap((path) =>
  commandLines(readFileSync(path, 'utf8')).map((line) => [relative(packageRoot, path), line] as const),
)

test('docs name commands', () => {
  expect(lines.length).toBeGreaterThan(100)
})

test.each(lines)('%s: zkserve %s', (_page, line) => {
  expect(wrongIn(line)).toBeNull()
})
