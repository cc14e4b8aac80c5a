/** What the demos have in common: where they say what, and where they go on serving. */
import { interrupted } from '#service/demo/interrupted.js'
import type { StageOptions } from '#service/demo/stage.js'

export interface DemoOptions {
  /** Go on serving until interrupted. */
  readonly keep?: boolean
  /** JSON-RPC address of a chain to use; an embedded anvil by default. */
  readonly rpc?: string
  /** One JSON document on standard output; everything else goes to standard error. */
  readonly json?: boolean
}

/** Tells people a line. */
export type Say = (text: string) => void

export function sayFor({ json = false }: DemoOptions): Say {
  return (text) => void (json ? process.stderr : process.stdout).write(`${text}\n`)
}

/** TCP port of a service that stays; others take a free one. */
const servicePort = 8080

export function stageOptions({ keep = false, rpc }: DemoOptions): StageOptions {
  return { port: keep ? servicePort : 0, ...(rpc === undefined ? {} : { rpc }) }
}

/** Leaves the service running until the process is interrupted. */
export async function keepServing(url: string, say: Say): Promise<void> {
  say(`Serving at ${url} (API page: ${url}/docs); Ctrl-C ends it.`)
  await interrupted()
}
