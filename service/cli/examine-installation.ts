import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import { findCompiler } from '#prover/compile/compiler.js'
import { anvilBinary } from '#service/chain/anvil-binary.js'

const run = promisify(execFile)
const { resolve } = createRequire(import.meta.url)

/** One thing that zkserve stands on. */
export interface Part {
  readonly name: string
  readonly found: boolean
  readonly version: string | null
  /** Whether zkserve does its work without it. */
  readonly needed: boolean
  readonly use: string
  /** How to get it. */
  readonly hint: string
}

/** Looks for everything that zkserve uses. Starts a few short processes. */
export async function examineInstallation(): Promise<readonly Part[]> {
  return Promise.all([
    examineNode(),
    examineCompiler(),
    examineProver(),
    examineNativeProver(),
    examineAnvil(),
    ...developerTools(),
  ])
}

async function examineNode(): Promise<Part> {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  const found = major > 20 || (major === 20 && minor >= 19)
  const hint = 'Install Node 20.19 or newer.'
  return { name: 'node', found, version: process.versions.node, needed: true, use: 'everything', hint }
}

async function examineCompiler(): Promise<Part> {
  const compiler = await findCompiler().catch(() => null)
  const found = compiler !== null && compiler.version !== 'unknown'
  const native = compiler?.name === 'circom'
  const use = native ? 'compiling, native' : 'compiling, as WebAssembly (a native circom on PATH is faster)'
  const hint = 'Run `npm ci`, or install circom 2.1.6 or newer from https://docs.circom.io.'
  const name = compiler?.name ?? 'circom2'
  return { name, found, version: compiler?.version ?? null, needed: true, use, hint }
}

async function examineProver(): Promise<Part> {
  const version = packageVersionOf('snarkjs')
  const found = version !== null
  return { name: 'snarkjs', found, version, needed: true, use: 'proving', hint: 'Run `npm ci`.' }
}

async function examineNativeProver(): Promise<Part> {
  const build = loadNativeAddon('portable')?.fastest() ?? null
  const hint =
    'Install a C++ compiler with make and Python, and run `npm rebuild`; until then snarkjs proves.'
  return { name: 'native', found: build !== null, version: build, needed: false, use: 'proving, fast', hint }
}

async function examineAnvil(): Promise<Part> {
  const version = await versionOf(anvilBinary)
  const hint = 'Run `npm ci --include=optional`, or use another chain by its RPC address.'
  return { name: 'anvil', found: version !== null, version, needed: false, use: 'the demo chain', hint }
}

/** The compiler and test runner of the contracts; their results are in the repository. */
function developerTools(): readonly Promise<Part>[] {
  return ['@foundry-rs/forge', 'solc'].map(async (dependency) => {
    const version = packageVersionOf(dependency)
    const name = dependency.split('/').at(-1)!
    const use = 'changing the contracts'
    return { name, found: version !== null, version, needed: false, use, hint: 'Run `npm ci --include=dev`.' }
  })
}

/** First version that a binary prints; null where it is missing or does not run. */
async function versionOf(binary: () => string): Promise<string | null> {
  try {
    const { stdout } = await run(binary(), ['--version'], { timeout: 10_000 })
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? null
  } catch {
    return null
  }
}

function packageVersionOf(dependency: string): string | null {
  const folder = resolve
    .paths(dependency)
    ?.map((path) => join(path, dependency, 'package.json'))
    .find(existsSync)
  if (folder === undefined) return null
  return (JSON.parse(readFileSync(folder, 'utf8')) as { readonly version: string }).version
}
