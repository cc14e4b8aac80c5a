#!/usr/bin/env node
// Lets forge use the npm compiler: answers `--version`, and pipes standard JSON through solc-js.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')

if (process.argv.includes('--version')) {
  const version = solc.version().replace('Emscripten.clang', 'Linux.g++')
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else {
  process.stdout.write(JSON.stringify(compile(JSON.parse(readFileSync(0, 'utf8')))))
}

/**
 * Contracts by the settings of foundry.toml, tests without optimiser: they are thirteen times faster
 * to compile so, and nobody pays for their gas. Tests deploy the contracts by their artefacts
 * (`dynamic_test_linking`), so what they test is the code that is deployed. `forge coverage` has settings
 * of its own, and no artefacts: then all is compiled as it says, a few files at a time, for the 4 GB of a
 * WebAssembly memory do not hold the code of all of them.
 */
function compile(input) {
  const { outputSelection, ...settings } = input.settings
  const files = Object.entries(outputSelection)
  if (settings.optimizer.details !== undefined) {
    return compileParts(
      input,
      chunked(files, 12).map((some) => [settings, some]),
    )
  }
  const isTest = ([file]) => file.startsWith('verifier-contracts/test/')
  const unoptimised = { ...settings, viaIR: false, optimizer: { enabled: false } }
  return compileParts(input, [
    [settings, files.filter((file) => !isTest(file))],
    [unoptimised, files.filter(isTest)],
  ])
}

/** Compiles files of one input part by part: it numbers its sources alike in each. */
function compileParts(input, parts) {
  const outputs = parts
    .filter(([, selected]) => selected.length > 0)
    .map(([settings, selected]) => {
      const part = { ...input, settings: { ...settings, outputSelection: Object.fromEntries(selected) } }
      return JSON.parse(solc.compile(JSON.stringify(part)))
    })
  const sources = {}
  for (const output of outputs) {
    for (const [file, source] of Object.entries(output.sources ?? {})) {
      sources[file] = { ...sources[file], ...source }
    }
  }
  return {
    errors: outputs.flatMap(({ errors = [] }) => errors),
    sources,
    contracts: Object.assign({}, ...outputs.map(({ contracts }) => contracts)),
  }
}

function chunked(items, size) {
  return items.length === 0 ? [] : [items.slice(0, size), ...chunked(items.slice(size), size)]
}
