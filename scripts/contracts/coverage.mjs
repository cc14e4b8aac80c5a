#!/usr/bin/env node
// Runs the Foundry tests with coverage, prints lines and branches of each contract, and fails where any of them has
// fewer than 98 % of lines or 95 % of branches covered. It takes a quarter of an hour. Lines of assembly are left out:
// forge does not see them run. Nor does it see all that the compiler folds into the caller, such as a `return true`:
// one line of a file may be missed, though it be one of eight.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const wanted = { lines: 0.98, branches: 0.95 }
const unseen = { lines: 1, branches: 0 }
const forge = fileURLToPath(new URL('forge.mjs', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
// Measured code costs other gas; the invariants visit nothing that other tests do not, nor many cases what few do not.
const selection = ['--no-match-test', 'invariant', '--no-match-contract', 'Gas', '--fuzz-runs', '100']
const snapshots = ['--gas-snapshot-check=false', '--gas-snapshot-emit=false']

const folder = mkdtempSync(join(tmpdir(), 'zkserve-coverage-'))
try {
  const report = join(folder, 'lcov.info')
  const options = ['--ir-minimum', ...selection, ...snapshots, '--report', 'lcov', '--report-file', report]
  const { status, stdout } = spawnSync(process.execPath, [forge, 'coverage', ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  if (status === 0) judge(readReport(readFileSync(report, 'utf8')))
  else process.stderr.write(stdout.slice(stdout.indexOf('Failing tests:')))
  process.exitCode ||= status ?? 1
} finally {
  rmSync(folder, { recursive: true })
}

function judge(files) {
  const all = { file: 'all', lines: add(files, 'lines'), branches: add(files, 'branches') }
  const judged = [...files, all]
  for (const { file, lines, branches } of judged) {
    process.stdout.write(`${file.padEnd(40)} lines ${show(lines)}  branches ${show(branches)}\n`)
  }
  for (const kind of ['lines', 'branches']) {
    const isShort = (part) => share(part) < wanted[kind] && part.missed.length > unseen[kind]
    for (const one of judged.filter((one) => isShort(one[kind]))) {
      const missed = [...new Set(one[kind].missed)].join(', ')
      process.stderr.write(
        `${one.file}: fewer than ${wanted[kind] * 100} % of ${kind} are covered, not in ${missed}\n`,
      )
      process.exitCode = 1
    }
  }
}

/** Found and hit lines and branches by contract, tests and libraries of others left out. */
function readReport(text) {
  return text.split('end_of_record\n').flatMap((record) => {
    const path = /^SF:(verifier-contracts\/src\/.*)$/m.exec(record)?.[1]
    if (path === undefined) return []
    const assembly = assemblyLines(readFileSync(join(root, path), 'utf8'))
    const count = (entries) => {
      const counted = [...entries].filter(([, line]) => !assembly.has(Number(line)))
      const missed = counted.filter(([, , hits]) => !(Number(hits) > 0)).map(([, line]) => line)
      return { found: counted.length, hit: counted.length - missed.length, missed }
    }
    return {
      file: path.replace('verifier-contracts/src/', ''),
      lines: count(record.matchAll(/^DA:(\d+),(\d+)/gm)),
      branches: count(record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)/gm)),
    }
  })
}

/** Numbers of the lines inside assembly blocks, which end at the indentation they begin at. */
function assemblyLines(source) {
  const inside = new Set()
  let end = null
  for (const [index, line] of source.split('\n').entries()) {
    if (end === null && /^\s*assembly\b.*\{$/.test(line)) end = `${/^\s*/.exec(line)[0]}}`
    if (end !== null) inside.add(index + 1)
    if (line === end) end = null
  }
  return inside
}

function add(files, kind) {
  const sum = (key) => files.reduce((total, file) => total + file[kind][key], 0)
  const missed = files.flatMap((file) => file[kind].missed.map((line) => `${file.file}:${line}`))
  return { found: sum('found'), hit: sum('hit'), missed }
}

function share({ found, hit }) {
  return found === 0 ? 1 : hit / found
}

function show(part) {
  return `${part.hit}/${part.found} ${(100 * share(part)).toFixed(1)} %`.padEnd(18)
}
