import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Starts a compiled script of zkserve in a child process that holds no more than `memory` bytes of writable
 * memory, with a message channel and an empty environment. The heap is always limited; buffers too where
 * `prlimit` is installed (util-linux). V8 reserves far more address space than it writes to, so the limit is
 * on data (`RLIMIT_DATA`), not on addresses.
 */
export function startLimited(script: string, memory: number, stdin: StdioInput): ChildProcess {
  const heap = Math.max(32, Math.floor((memory / 2 ** 20) * 0.6))
  const node = [process.execPath, `--max-old-space-size=${heap}`, script] as const
  const [command, ...rest] = hasPrlimit() ? ['prlimit', `--data=${memory}`, '--core=0', ...node] : node
  const stdio: StdioOptions = [stdin, 'ignore', 'pipe', 'ipc']
  const env = { PATH: process.env.PATH }
  return spawn(command!, rest, { stdio, env, serialization: 'advanced' })
}

/** A pipe, or an open file that the child reads. */
export type StdioInput = 'pipe' | number

function hasPrlimit(): boolean {
  if (process.platform !== 'linux') return false
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => folder !== '' && existsSync(join(folder, 'prlimit')))
}
