import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wtns } from 'snarkjs'

const compiler = createRequire(import.meta.url).resolve('circom2/cli.js')

/** A compiled circuit: bytes of its `.r1cs`, and its witness calculator. */
export interface CompiledCircuit {
  readonly r1cs: Uint8Array
  /** The `.wtns` bytes for inputs by signal name. */
  witness(inputs: Readonly<Record<string, unknown>>): Promise<Uint8Array>
}

/** Compiles Circom source with the WebAssembly compiler. */
export function compileCircom(source: string): CompiledCircuit {
  const directory = mkdtempSync(join(tmpdir(), 'zkserve-circom-'))
  try {
    writeFileSync(join(directory, 'circuit.circom'), source)
    execFileSync(process.execPath, [compiler, 'circuit.circom', '--r1cs', '--wasm'], { cwd: directory })
    const r1cs = new Uint8Array(readFileSync(join(directory, 'circuit.r1cs')))
    const wasm = new Uint8Array(readFileSync(join(directory, 'circuit_js', 'circuit.wasm')))
    return {
      r1cs,
      witness: async (inputs) => {
        const file: { type: 'mem'; data?: Uint8Array } = { type: 'mem' }
        await wtns.calculate(inputs, wasm, file)
        return file.data!
      },
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
