#!/usr/bin/env node
// Writes verifier-contracts/generated/<Contract>.ts (ABI and creation code) from a fresh build.
// With --check it writes nothing and fails if a file would change.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const contracts = [
  'ModelRegistry',
  'InferenceVerifier',
  'ProvenDigit',
  'AuditAnchor',
  'InferenceOracle',
  'Provenance',
  'CropInsurance',
  'WrappedEther',
  'GeneratedDigits',
]
const target = fileURLToPath(new URL('../../verifier-contracts/generated/', import.meta.url))
const forge = fileURLToPath(new URL('forge.mjs', import.meta.url))
const check = process.argv.includes('--check')

const folder = mkdtempSync(join(tmpdir(), 'zkserve-contracts-'))
try {
  const places = ['--out', join(folder, 'out'), '--cache-path', join(folder, 'cache')]
  execFileSync(process.execPath, [forge, 'build', '--skip', 'test', '--quiet', ...places], {
    stdio: 'inherit',
  })
  const stale = contracts.filter((name) => !settle(name))
  if (stale.length > 0) {
    process.stderr.write(`out of date: ${stale.join(', ')}; run npm run contracts:generate\n`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Writes a file if it differs, or reports by false that it does when only checking. */
function settle(name) {
  const artefact = JSON.parse(readFileSync(join(folder, 'out', `${name}.sol`, `${name}.json`), 'utf8'))
  const file = join(target, `${name}.ts`)
  const text = render(name, artefact)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return true
  if (check) return false
  mkdirSync(target, { recursive: true })
  writeFileSync(file, text)
  return true
}

function render(name, { abi, bytecode }) {
  const prefix = name[0].toLowerCase() + name.slice(1)
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},\n`).join('')
  return [
    `// Made from ${name}.sol by \`npm run contracts:generate\`; do not edit.`,
    '',
    `export const ${prefix}Abi = [\n${entries}] as const`,
    '',
    `export const ${prefix}Bytecode =\n  '${bytecode.object}' as const`,
    '',
  ].join('\n')
}
