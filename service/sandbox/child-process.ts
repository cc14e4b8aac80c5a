import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A pipe, or an open file that the child reads. */
export type StdioInput = 'pipe' | number

/**
 * Starts a compiled script of zkserve in a child process that holds no more than `memory` bytes of writable
 * memory, with a message channel and an environment of `variables` alone. The heap is always limited; buffers, and the
 * processes that the child starts, too where `prlimit` is installed (util-linux). V8 reserves far more address space
 * than it writes to, so the limit is on data (`RLIMIT_DATA`), not on addresses. The child leads a process group: see
 * {@link killLimited}.
 */
export function startLimited(
  script: string,
  memory: number,
  stdin: StdioInput,
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  const heap = Math.max(32, Math.floor((memory / 2 ** 20) * 0.6))
  const node = [process.execPath, `--max-old-space-size=${heap}`, script] as const
  const [command, ...rest] = hasPrlimit() ? ['prlimit', `--data=${memory}`, '--core=0', ...node] : node
  const stdio: StdioOptions = [stdin, 'ignore', 'pipe', 'ipc']
  const env = { PATH: process.env.PATH, ...variables }
  return spawn(command!, rest, { stdio, env, serialization: 'advanced', detached: true })
}

/** Ends a child and all that it started. */
export function killLimited({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function hasPrlimit(): boolean {
  if (process.platform !== 'linux') return false
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => folder !== '' && existsSync(join(folder, 'prlimit')))
}
