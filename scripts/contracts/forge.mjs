#!/usr/bin/env node
// Runs the forge binary of the npm package with the project's configuration: `forge.mjs test --match-path …`.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const architecture = process.arch === 'x64' ? 'amd64' : process.arch
const name = process.platform === 'win32' ? 'forge.exe' : 'forge'
const binary = createRequire(import.meta.url).resolve(
  `@foundry-rs/forge-${process.platform}-${architecture}/bin/${name}`,
)

const [command, ...options] = process.argv.slice(2)
const { status } = spawnSync(binary, [command, '--root', root, ...options], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FOUNDRY_CONFIG: 'verifier-contracts/foundry.toml' },
})
process.exitCode = status ?? 1
