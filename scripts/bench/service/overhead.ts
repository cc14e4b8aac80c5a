import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { distFile } from '#circuits/paths.js'
import { type LoadResult, openLoop } from '#scripts/bench/service/open-loop.js'
import type { Subject } from '#scripts/bench/service/subject.js'
import { startFleet } from '#scripts/fleet/start-fleet.js'

export const contestants = ['bare Fastify', 'bare Fastify with the model', 'zkserve'] as const

export interface OverheadOptions {
  /** Requests per second. */
  readonly rate: number
  /** ms of each round of each contestant. */
  readonly time: number
  readonly rounds: number
}

/** Results of each contestant, round by round; all run at once and are asked in turn. */
export type Overhead = Readonly<Record<(typeof contestants)[number], readonly LoadResult[]>>

/** Answers of `/infer` without proof, against Fastify alone. */
export async function measureOverhead(
  { dir, input }: Subject,
  { rate, time, rounds }: OverheadOptions,
  say: (text: string) => void,
): Promise<Overhead> {
  const fleet = await startFleet(['--models', dir])
  const bare: ChildProcess[] = []
  const startBare = async (kind: string): Promise<string> => {
    const program = distFile('scripts/bench/service/bare-server.js')
    const child = spawn(process.execPath, [program, kind, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    bare.push(child)
    const [line] = (await once(child.stdout!, 'data')) as [Buffer]
    return (JSON.parse(line.toString()) as { url: string }).url
  }
  try {
    const urls = [await startBare('constant'), await startBare('model'), (await fleet.start('api')).url]
    const results: Record<(typeof contestants)[number], LoadResult[]> = {
      'bare Fastify': [],
      'bare Fastify with the model': [],
      zkserve: [],
    }
    const body = JSON.stringify({ input, proof: false })
    const ask = (index: number, length: number) =>
      openLoop({ url: `${urls[index]}/infer`, body, rate, time: length })
    for (const index of contestants.keys()) await ask(index, 1500)
    for (let round = 0; round < rounds; round++) {
      for (const [index, name] of contestants.entries()) {
        say(`round ${round + 1}: ${name}`)
        results[name].push(await ask(index, time))
      }
    }
    return results
  } finally {
    for (const child of bare) child.kill('SIGKILL')
    await fleet.end()
  }
}
