import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '#circuits/paths.js'
import { compilerFlags } from '#prover/compile/compile.js'
import { findCompiler } from '#prover/compile/compiler.js'
import { fromLittleEndian } from '#prover/curve/bytes.js'
import type { R1cs } from '#prover/r1cs/r1cs.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { readWitness } from '#prover/r1cs/witness.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'

const run = promisify(execFile)
const cacheFolder = join(packageRoot, '.zkserve', 'test-cache')
const libraryFolder = join(packageRoot, 'circuits', 'lib')
const libraryFiles = ['bits.circom', 'rescale.circom', 'maximum.circom', 'table.circom', 'commitment.circom']

/** A compiled circuit with the names that circom keeps for its wires. */
export interface NamedCircuit {
  readonly r1cs: R1cs
  /** Name of each wire; wire 0 is `one`. */
  readonly names: readonly string[]
  /** Wire values for inputs by signal name, from circom's own calculator. */
  witness(inputs: Readonly<Record<string, bigint | readonly bigint[]>>): Promise<bigint[]>
}

/**
 * Compiles Circom that includes files of circuits/lib, or further files given by name and text. What was compiled
 * before from the same texts comes from a cache.
 */
export async function compileNamed(
  source: string,
  files: Readonly<Record<string, string>> = {},
): Promise<NamedCircuit> {
  const library = libraryFiles.map((file) => [file, readFileSync(join(libraryFolder, file), 'utf8')] as const)
  const compiler = await findCompiler()
  const texts = { ...Object.fromEntries(library), ...files, 'circuit.circom': source }
  const identity = JSON.stringify([compiler.name, compiler.version, compilerFlags, texts])
  const folder = join(cacheFolder, createHash('sha256').update(identity).digest('hex').slice(0, 32))
  if (!existsSync(folder)) {
    const work = mkdtempSync(join(tmpdir(), 'zkserve-gadgets-'))
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(work, name), text)
    const constants = 'poseidon_constants.circom'
    cpSync(createRequire(import.meta.url).resolve(`circomlib/circuits/${constants}`), join(work, constants))
    const args = [...compiler.arguments, 'circuit.circom', '--r1cs', '--wasm', '--sym', ...compilerFlags]
    await run(compiler.command, args, { cwd: work }).catch((cause: Error & { stdout?: string }) => {
      throw new Error(`circom refuses the circuit: ${cause.stdout}`, { cause })
    })
    keep(work, folder)
  }
  const r1cs = readR1cs(new Uint8Array(readFileSync(join(folder, 'circuit.r1cs'))))
  const wasm = new Uint8Array(readFileSync(join(folder, 'circuit.wasm')))
  let calculator: WitnessCalculator | undefined
  return {
    r1cs,
    names: wireNames(readFileSync(join(folder, 'circuit.sym'), 'utf8'), r1cs.wireCount),
    witness: async (inputs) => {
      calculator ??= await WitnessCalculator.load(wasm)
      const bytes = readWitness(await calculator.calculate(inputs))
      return Array.from({ length: r1cs.wireCount }, (_, wire) => fromLittleEndian(bytes, wire * 32))
    },
  }
}

/** Moves what the compiler wrote into the cache in one step, so that no other test sees half of it. */
function keep(work: string, folder: string): void {
  mkdirSync(cacheFolder, { recursive: true })
  const staged = mkdtempSync(join(cacheFolder, 'new-'))
  for (const name of ['circuit.r1cs', 'circuit.sym']) cpSync(join(work, name), join(staged, name))
  cpSync(join(work, 'circuit_js', 'circuit.wasm'), join(staged, 'circuit.wasm'))
  rmSync(work, { recursive: true })
  try {
    renameSync(staged, folder)
  } catch {
    rmSync(staged, { recursive: true })
  }
}

/** Lines of a .sym file are label, wire (-1 where merged into another), component, name. */
function wireNames(symbols: string, wireCount: number): string[] {
  const names = new Array<string>(wireCount).fill('')
  names[0] = 'one'
  for (const line of symbols.trim().split('\n')) {
    const [, wire, , name] = line.split(',') as [string, string, string, string]
    if (wire !== '-1') names[Number(wire)] = name
  }
  return names
}
