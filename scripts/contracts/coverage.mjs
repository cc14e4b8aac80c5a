#!/usr/bin/env node
// Runs the Foundry tests with coverage, prints lines and branches of each contract, and fails where all of them
// together have fewer than 98 % of lines or 95 % of branches covered. It takes a quarter of an hour.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const wanted = { lines: 0.98, branches: 0.95 }
const forge = fileURLToPath(new URL('forge.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zkserve-coverage-'))
try {
  const report = join(folder, 'lcov.info')
  // Code that is measured costs other gas; the invariants visit nothing that other tests do not.
  const snapshots = ['--gas-snapshot-check=false', '--gas-snapshot-emit=false']
  const options = ['--ir-minimum', '--no-match-test', 'invariant', ...snapshots]
  execFileSync(
    process.execPath,
    [forge, 'coverage', ...options, '--report', 'lcov', '--report-file', report],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const files = readReport(readFileSync(report, 'utf8'))
  const all = { file: 'all', lines: add(files, 'lines'), branches: add(files, 'branches') }
  for (const { file, lines, branches } of [...files, all]) {
    process.stdout.write(`${file.padEnd(40)} lines ${show(lines)}  branches ${show(branches)}\n`)
  }
  for (const kind of ['lines', 'branches']) {
    if (share(all[kind]) >= wanted[kind]) continue
    process.stderr.write(`fewer than ${wanted[kind] * 100} % of ${kind} are covered\n`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Found and hit lines and branches by contract, tests and libraries of others left out. */
function readReport(text) {
  const number = (record, key) => Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1] ?? 0)
  return text
    .split('end_of_record\n')
    .map((record) => ({
      file: /^SF:verifier-contracts\/src\/(.*)$/m.exec(record)?.[1],
      lines: { found: number(record, 'LF'), hit: number(record, 'LH') },
      branches: { found: number(record, 'BRF'), hit: number(record, 'BRH') },
    }))
    .filter(({ file }) => file !== undefined)
}

function add(files, kind) {
  const sum = (key) => files.reduce((total, file) => total + file[kind][key], 0)
  return { found: sum('found'), hit: sum('hit') }
}

function share({ found, hit }) {
  return found === 0 ? 1 : hit / found
}

function show(part) {
  return `${part.hit}/${part.found} ${(100 * share(part)).toFixed(1)} %`.padEnd(18)
}
