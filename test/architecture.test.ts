import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'

const topFolders = ['circuits', 'prover', 'verifier-contracts', 'service', 'test', 'scripts']

/** Folders from left to right: a file imports from its own rank and from lower ones. */
const ranks: Readonly<Record<string, number>> = {
  circuits: 0,
  prover: 1,
  'verifier-contracts': 2,
  service: 3,
  scripts: 4,
}

/** Stages of circuits from left to right; files beside the folders serve all stages. */
const stageRanks: Readonly<Record<string, number>> = {
  graph: 1,
  data: 2,
  import: 3,
  qmodel: 2,
  analyse: 4,
  quantise: 5,
  emit: 6,
  federated: 7,
}

/** Stages that stand side by side: what is read from files, and what integer models are. */
const apart: readonly (readonly [string, string])[] = [
  ['qmodel', 'data'],
  ['qmodel', 'import'],
  ['analyse', 'data'],
  ['analyse', 'import'],
  ['quantise', 'data'],
  ['quantise', 'import'],
  ['emit', 'data'],
  ['emit', 'import'],
  ['emit', 'quantise'],
]

/** Folders below the top ones that hold no sources of ours. */
const skipped = new Set(['node_modules', 'out', 'cache', 'generated', 'dist', 'lib'])

function filesIn(folder: string, ends: RegExp): string[] {
  if (!existsSync(join(packageRoot, folder))) return []
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory())
      return skipped.has(entry.name) && folder !== 'circuits' ? [] : filesIn(path, ends)
    return ends.test(entry.name) ? [path] : []
  })
}

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

const sources = Object.keys(ranks).flatMap((folder) => filesIn(folder, /\.(ts|mjs)$/))
const tests = filesIn('test', /\.ts$/)
const library = filesIn('circuits/lib', /\.circom$/)

/** A subpath import as the path of its source; anything else as it is. */
const sourceOf = (name: string): string =>
  name.replace(/^#contracts\//, '#verifier-contracts/').replace(/^#(.*)\.js$/, '$1.ts')

/** What a file imports, statically or when called: subpath imports as paths of sources. */
function importsOf(path: string): string[] {
  const found = read(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)
  return Array.from(found, ([, name]) => sourceOf(name!))
}

/** The packages that come with a file when it is loaded, over all that it imports statically. */
function packagesOf(path: string, seen = new Set<string>()): readonly string[] {
  seen.add(path)
  const found = read(path).matchAll(/^import\s(?!type\b)[^;']*?'([^']+)'/gm)
  return Array.from(found, ([, name]) => name!).flatMap((name) => {
    if (name.startsWith('node:')) return []
    if (!name.startsWith('#')) return [name]
    return seen.has(sourceOf(name)) ? [] : packagesOf(sourceOf(name), seen)
  })
}

const arrows = sources.flatMap((from) => importsOf(from).map((to) => ({ from, to })))
const folderOf = (path: string): string => path.split('/')[0]!
/** The stage of a file of circuits, or null of files beside the stages. */
const stageOf = (path: string): string | null => /^circuits\/([^/]+)\//.exec(path)?.[1] ?? null

test('the searches find what they look at', () => {
  expect(sources.length).toBeGreaterThan(150)
  expect(tests.length).toBeGreaterThan(50)
  expect(library.length).toBeGreaterThan(3)
  expect(arrows.filter(({ to }) => to in ranks || folderOf(to) in ranks).length).toBeGreaterThan(300)
})

describe('arrows', () => {
  test('between folders point left', () => {
    const wrong = arrows
      .filter(({ from, to }) => (ranks[folderOf(to)] ?? -1) > ranks[folderOf(from)]!)
      .map(({ from, to }) => `${from} → ${to}`)
    expect(wrong).toEqual([])
  })

  test('between the stages of circuits point left', () => {
    const wrong = arrows.filter(({ from, to }) => {
      const [left, right] = [stageOf(to), stageOf(from)]
      if (folderOf(from) !== 'circuits' || left === null || left === right) return false
      if (right === null) return true
      return (
        stageRanks[left]! >= stageRanks[right]! ||
        apart.some(([stage, other]) => stage === right && other === left)
      )
    })
    expect(wrong).toEqual([])
    const stages = new Set(sources.map(stageOf).filter((stage) => stage !== null))
    expect(Array.from(stages).filter((stage) => !(stage in stageRanks))).toEqual([])
  })

  test('lead to files that exist', () => {
    const subpath = arrows.filter(({ to }) => folderOf(to) in ranks && to.endsWith('.ts'))
    const generated = (to: string) => to.includes('/generated/')
    expect(subpath.filter(({ to }) => !generated(to) && !existsSync(join(packageRoot, to)))).toEqual([])
  })

  test('that are followed before a command is known lead to no large package', () => {
    const small = ['@noble/hashes/sha3', '@noble/hashes/utils', 'cli-progress', 'commander', 'typebox']
    expect(Array.from(new Set(packagesOf('service/cli/main.ts'))).sort()).toEqual(small)
  })

  test('between folders are subpath imports', () => {
    const upwards = arrows.filter(({ to }) => to.startsWith('..'))
    expect(upwards.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  test('from circuits reach no disk, process or network, but for the paths module', () => {
    const impure = arrows.filter(
      ({ from, to }) =>
        folderOf(from) === 'circuits' && to.startsWith('node:') && from !== 'circuits/paths.ts',
    )
    expect(impure).toEqual([])
    const paths = arrows.filter(({ from, to }) => folderOf(from) === 'circuits' && to === 'circuits/paths.ts')
    expect(paths).toEqual([])
    const globals = sources.filter(
      (path) => folderOf(path) === 'circuits' && /\b(process\.|fetch\(|require\()/.test(read(path)),
    )
    expect(globals).toEqual([])
  })
})

describe('files', () => {
  test('lie in the fixed folders', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: packageRoot, encoding: 'utf8' })
    const folders = new Set(
      tracked
        .split('\n')
        .filter((path) => path.includes('/'))
        .map(folderOf),
    )
    expect(Array.from(folders).filter((name) => !topFolders.includes(name) && !name.startsWith('.'))).toEqual(
      [],
    )
  })

  test('export only what they hold: no re-exports', () => {
    const again = /^export\s+(type\s+)?(\*|\{[^}]*\}\s*from)/m
    expect([...sources, ...tests].filter((path) => again.test(read(path)))).toEqual([])
  })

  test('have at most 400 lines', () => {
    expect([...sources, ...tests].filter((path) => read(path).split('\n').length > 401)).toEqual([])
  })

  test('of tests run all of their tests', () => {
    const narrowed = /\b(test|it|describe|suite)(\.\w+)*\.(only|skip|todo|fails)\b/
    expect(tests.filter((path) => narrowed.test(read(path)))).toEqual([])
  })
})

describe('the gadget library', () => {
  test('explains every advice value in the lines above it', () => {
    const silent = library.flatMap((path) => {
      const lines = read(path).split('\n')
      return lines.flatMap((line, i) => {
        if (!line.replace(/\/\/.*/, '').includes('<--')) return []
        return /\/\/ advice:/.test(lines.slice(Math.max(0, i - 2), i).join('\n')) ? [] : [`${path}:${i + 1}`]
      })
    })
    expect(silent).toEqual([])
  })

  test('asserts nothing in place of a constraint', () => {
    expect(library.filter((path) => /\bassert\s*\(/.test(read(path).replace(/\/\/.*/g, '')))).toEqual([])
  })

  test('states of every template what it needs, constrains and costs', () => {
    const bare = library.flatMap((path) => {
      const lines = read(path).split('\n')
      return lines.flatMap((line, i) => {
        if (!line.startsWith('template ')) return []
        const first = lines.findLastIndex((above, at) => at < i && !above.startsWith('//'))
        const header = lines.slice(first + 1, i).join('\n')
        const stated = ['Precondition:', 'Constrains:', 'Cost:'].every((word) => header.includes(word))
        return stated ? [] : [`${path}:${i + 1}`]
      })
    })
    expect(bare).toEqual([])
  })
})
