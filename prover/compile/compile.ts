import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { packageRoot } from '#circuits/paths.js'
import { type Compiler, findCompiler } from '#prover/compile/compiler.js'

/** Simplification: equal signals are merged. The emitted text leaves nothing that --O2 would find in reasonable time. */
export const compilerFlags = ['--O1'] as const

export interface CompiledCircuit {
  readonly r1cs: Uint8Array
  /** circom's own witness calculator. */
  readonly wasm: Uint8Array
  readonly compiler: Compiler
}

/**
 * Compiles Circom that includes files of circuits/lib, in a temporary folder.
 * @throws ZkserveError `COMPILER_FAILED` with the compiler's words in `details.log`, `CANCELLED`
 */
export async function compileCircuit(source: string, signal?: AbortSignal): Promise<CompiledCircuit> {
  const compiler = await findCompiler()
  const folder = await mkdtemp(join(tmpdir(), 'zkserve-circom-'))
  try {
    await writeFile(join(folder, 'circuit.circom'), source)
    await copyLibrary(folder)
    const log = await runCompiler(compiler, folder, signal)
    const [r1cs, wasm] = await Promise.all([
      readFile(join(folder, 'circuit.r1cs')),
      readFile(join(folder, 'circuit_js', 'circuit.wasm')),
    ]).catch((cause) => {
      throw new ZkserveError('COMPILER_FAILED', `${compiler.name} wrote no circuit`, {
        cause,
        details: { log },
      })
    })
    return { r1cs, wasm, compiler }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The gadget library beside the circuit: the WebAssembly compiler sees only what lies below its folder. */
async function copyLibrary(folder: string): Promise<void> {
  const library = join(packageRoot, 'circuits', 'lib')
  for (const file of await readdir(library)) {
    if (file.endsWith('.circom')) await copyFile(join(library, file), join(folder, file))
  }
  const constants = createRequire(import.meta.url).resolve('circomlib/circuits/poseidon_constants.circom')
  await copyFile(constants, join(folder, 'poseidon_constants.circom'))
}

function runCompiler(compiler: Compiler, folder: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [...compiler.arguments, 'circuit.circom', '--r1cs', '--wasm', ...compilerFlags]
    const child = spawn(compiler.command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal })
    let log = ''
    const collect = (chunk: Buffer) => {
      if (log.length < 20_000) log += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (cause) => {
      if (signal?.aborted) reject(new ZkserveError('CANCELLED', 'the compilation was cancelled'))
      else reject(new ZkserveError('COMPILER_FAILED', `${compiler.name} could not be started`, { cause }))
    })
    child.on('close', (code) => {
      if (code === 0) return resolve(log)
      reject(
        new ZkserveError('COMPILER_FAILED', `${compiler.name} ended with code ${code}: ${firstError(log)}`, {
          details: { log },
        }),
      )
    })
  })
}

/** The first line of a log that tells of an error, without colours. */
function firstError(log: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with one
  const lines = log.replace(/\x1b\[[0-9;]*m/g, '').split('\n')
  return lines.find((line) => /error/i.test(line))?.trim() ?? 'no error was printed'
}
