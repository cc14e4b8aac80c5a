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
 * of its own, and no artefacts: then all is compiled as it says.
 */
function compile(input) {
  const { outputSelection, ...settings } = input.settings
  if (settings.optimizer.details !== undefined) return compilePart(input, input.settings)
  const files = Object.entries(outputSelection)
  const isTest = ([file]) => file.startsWith('verifier-contracts/test/')
  const unoptimised = { ...settings, viaIR: false, optimizer: { enabled: false } }
  const parts = [
    [settings, files.filter((file) => !isTest(file))],
    [unoptimised, files.filter(isTest)],
  ].filter(([, selected]) => selected.length > 0)
  const outputs = parts.map(([partSettings, selected]) =>
    compilePart(input, { ...partSettings, outputSelection: Object.fromEntries(selected) }),
  )
  return {
    errors: outputs.flatMap(({ errors = [] }) => errors),
    sources: Object.assign({}, ...outputs.map(({ sources }) => sources)),
    contracts: Object.assign({}, ...outputs.map(({ contracts }) => contracts)),
  }
}

function compilePart(input, settings) {
  return JSON.parse(solc.compile(JSON.stringify({ ...input, settings })))
}
