import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A circom compiler and how to call it. */
export interface Compiler {
  /** `circom`: the native one on PATH; `circom2`: circom as WebAssembly from npm. */
  readonly name: 'circom' | 'circom2'
  /** Version of circom, such as 2.2.3. */
  readonly version: string
  readonly command: string
  readonly arguments: readonly string[]
}

const leastVersion = [2, 1, 6] as const

/** A native circom of at least 2.1.6 from PATH, else the WebAssembly one that npm installed. */
export async function findCompiler(): Promise<Compiler> {
  const native = await versionOf('circom', [])
  if (native !== null && isRecent(native))
    return { name: 'circom', version: native, command: 'circom', arguments: [] }
  const script = createRequire(import.meta.url).resolve('circom2/cli.js')
  const version = await versionOf(process.execPath, [script])
  return { name: 'circom2', version: version ?? 'unknown', command: process.execPath, arguments: [script] }
}

async function versionOf(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(command, [...args, '--version'], { timeout: 30_000 })
    return /circom compiler (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

function isRecent(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (let i = 0; i < leastVersion.length; i++) {
    if (parts[i] !== leastVersion[i]) return parts[i]! > leastVersion[i]!
  }
  return true
}
