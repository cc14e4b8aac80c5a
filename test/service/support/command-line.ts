import { type ChildProcess, spawn } from 'node:child_process'
import { distFile } from '#circuits/paths.js'
import { runCli } from '#service/cli/run.js'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The compiled command line, started; `npm test` compiles it. */
export function startCommand(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const command = [distFile('service/cli/main.js'), ...args]
  return spawn(process.execPath, command, { env: { PATH: process.env.PATH, ...environment } })
}

/** Runs the compiled command line to its end. */
export function runCommand(args: readonly string[], stdin = ''): Promise<Finished> {
  const child = startCommand(args)
  child.stdin!.on('error', () => {})
  child.stdin!.end(stdin)
  return finish(child)
}

/** Output and exit code of a command that was started. */
export function finish(child: ChildProcess): Promise<Finished> {
  const text = { stdout: '', stderr: '' }
  child.stdout!.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString()
  })
  child.stderr!.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString()
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })))
}

/** What a verb said with `--json`. */
export interface JsonReply {
  readonly code: number | null
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of all verbs
  readonly document: any
}

/** Runs a verb with `--json` in a process of its own. */
export async function runJson(args: readonly string[], stdin = ''): Promise<JsonReply> {
  return asJson(await runCommand([...args, '--json'], stdin))
}

/** Runs a verb with `--json` in this process, which is quicker. */
export async function callJson(args: readonly string[]): Promise<JsonReply> {
  return asJson(await callCommand([...args, '--json']))
}

/** Runs a command line in this process. */
export async function callCommand(args: readonly string[]): Promise<Finished> {
  const text = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof text) => ({
    write: (chunk: string) => {
      text[name] += chunk
    },
  })
  const code = await runCli(args, { stdout: stream('stdout'), stderr: stream('stderr') })
  return { code, ...text }
}

/** Standard output must be one JSON document. */
function asJson({ code, stdout, stderr }: Finished): JsonReply {
  try {
    return { code, document: JSON.parse(stdout) }
  } catch {
    throw new Error(`no JSON document (exit code ${code}): ${stdout}\n${stderr}`)
  }
}
