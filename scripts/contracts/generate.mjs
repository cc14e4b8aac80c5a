#!/usr/bin/env node
// Writes verifier-contracts/generated/<Contract>.ts (ABI, and creation code unless abstract) from their build, and
// generated/shared-contracts.ts (where contracts that need one instance a chain stand).
// With --check it writes nothing and fails if a file would change.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeAbiParameters, getContractAddress } from 'viem'

const contracts = [
  'Credits',
  'ModelRegistry',
  'InferenceVerifier',
  'ProvenDigit',
  'AuditAnchor',
  'InferenceOracle',
  'Provenance',
  'CropInsurance',
  'ProvenDiagnosis',
  'GuardedPayments',
  'GuardedVault',
  'SimulatedStrategy',
  'WrappedEther',
  'GeneratedDigits',
  'FederatedRounds',
  'PaymentToken',
  'DatasetRegistry',
  'AccessGrants',
  'AgentIdentityRegistry',
  'AgentValidationRegistry',
  'InferenceValidator',
  'AgenticCommerce',
  'InferenceEvaluator',
  'ProvenEvaluations',
  'ModelFamily',
  'GuardianCouncil',
  'FamilyVotes',
  'FamilyTimelock',
  'FamilyGovernor',
  'ProverPool',
  'LinkedEvaluations',
  'Arena',
  'LotTrace',
]
/** One instance serves all of a chain: the contracts whose addresses their constructors take. */
const shared = {
  ModelRegistry: [],
  InferenceVerifier: ['ModelRegistry'],
  InferenceOracle: ['InferenceVerifier'],
  Provenance: [],
  AuditAnchor: [],
  DatasetRegistry: [],
  AccessGrants: [],
}
const factory = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
const salt = `0x${'00'.repeat(32)}`
const target = fileURLToPath(new URL('../../verifier-contracts/generated/', import.meta.url))
const out = fileURLToPath(new URL('../../verifier-contracts/out', import.meta.url))
const forge = fileURLToPath(new URL('forge.mjs', import.meta.url))
const check = process.argv.includes('--check')

// What is compiled already is not compiled again: forge goes by the sources' hashes.
execFileSync(process.execPath, [forge, 'build', '--skip', 'test', '--quiet'], { stdio: 'inherit' })
const stale = contracts.filter((name) => !settle(name, render(name, artefactOf(name))))
if (!settle('shared-contracts', renderShared())) stale.push('shared-contracts')
if (stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}; run npm run contracts:generate\n`)
  process.exitCode = 1
}

/** Writes a file if it differs, or reports by false that it does when only checking. */
function settle(name, text) {
  const file = join(target, `${name}.ts`)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return true
  if (check) return false
  mkdirSync(target, { recursive: true })
  writeFileSync(file, text)
  return true
}

function artefactOf(name) {
  return JSON.parse(readFileSync(join(out, `${name}.sol`, `${name}.json`), 'utf8'))
}

function render(name, { abi, bytecode }) {
  const prefix = camelCase(name)
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},\n`).join('')
  return [
    `// Made from ${name}.sol by \`npm run contracts:generate\`; do not edit.`,
    '',
    `export const ${prefix}Abi = [\n${entries}] as const`,
    '',
    ...(bytecode.object === '0x'
      ? []
      : [`export const ${prefix}Bytecode =\n  '${bytecode.object}' as const`, '']),
  ].join('\n')
}

/** Addresses follow from the creation code alone (CREATE2), so they are the same on every chain. */
function renderShared() {
  const addresses = {}
  const rows = Object.entries(shared).map(([name, dependencies]) => {
    const inputs = dependencies.map((dependency) => addresses[dependency])
    const types = inputs.map(() => ({ type: 'address' }))
    const bytecode = artefactOf(name).bytecode.object + encodeAbiParameters(types, inputs).slice(2)
    addresses[name] = getContractAddress({ opcode: 'CREATE2', from: factory, salt, bytecode })
    const taken = dependencies.map((dependency) => `'${dependency}'`).join(', ')
    return `  ${name}: {\n    address: '${addresses[name]}',\n    dependencies: [${taken}],\n    bytecode: ${camelCase(name)}Bytecode,\n  },\n`
  })
  const imports = Object.keys(shared)
    .toSorted()
    .map((name) => `import { ${camelCase(name)}Bytecode } from '#contracts/generated/${name}.js'\n`)
  return [
    '// Made by `npm run contracts:generate`; do not edit.',
    '',
    ...[imports.join('')],
    '/** The factory that deploys them, at the same address on every chain (Arachnid/deterministic-deployment-proxy). */',
    `export const deploymentFactory = '${factory}'`,
    '',
    '/** By name, each after those whose addresses its constructor takes. */',
    `export const sharedContracts = {\n${rows.join('')}} as const`,
    '',
  ].join('\n')
}

function camelCase(name) {
  return name[0].toLowerCase() + name.slice(1)
}
