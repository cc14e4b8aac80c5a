import { availableParallelism } from 'node:os'
import { ZkserveError } from '#circuits/errors.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import type { GroupName } from '#prover/setup/group.js'
import type { KeyScalars } from '#prover/setup/key-scalars.js'
import { type Lane, openLanes } from '#prover/setup/lane.js'
import { pointBytes } from '#prover/setup/multiply-task.js'
import { windowCount } from '#prover/setup/window-digits.js'

/** Affine points in Montgomery form, 64 bytes each in G1 and 128 in G2, in the order of the scalars. */
export interface KeyPoints {
  readonly g1: Uint8Array<ArrayBuffer>
  readonly g2: Uint8Array<ArrayBuffer>
}

export interface KeyPointsOptions {
  readonly signal?: AbortSignal | undefined
  /** Worker threads; by default one a core, at most 8. Small circuits take none. */
  readonly threads?: number | undefined
  /** Called with points done and points in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

interface Run {
  readonly group: GroupName
  readonly first: number
  readonly count: number
}

const runLength: Record<GroupName, number> = { g1: 8192, g2: 4096 }
/** Beyond so many threads the tables, one a thread, outweigh the gain. */
const maximumThreads = 8
/** Below so many points the start of threads takes longer than it saves. */
const threadedPoints = 8192

/**
 * The points of a key from its scalars; the scalars are overwritten, whatever happens.
 *
 * @throws ZkserveError `CANCELLED` if the signal aborts
 */
export async function keyPoints(scalars: KeyScalars, options: KeyPointsOptions = {}): Promise<KeyPoints> {
  const runs = (['g2', 'g1'] as const).flatMap((group) => split(group, scalars[group].length / fieldBytes))
  const total = runs.reduce((sum, { count }) => sum + count, 0)
  const points = {
    g1: new Uint8Array((scalars.g1.length / fieldBytes) * pointBytes('g1')),
    g2: new Uint8Array((scalars.g2.length / fieldBytes) * pointBytes('g2')),
  }
  const lanes = openLanes(threadsFor(total, options.threads))
  const windowBits = {
    g1: bestWindow(scalars.g1.length / fieldBytes / lanes.length),
    g2: bestWindow(scalars.g2.length / fieldBytes),
  }
  let done = 0
  const drain = async (lane: Lane, next: () => Run | undefined): Promise<void> => {
    for (let run = next(); run !== undefined; run = next()) {
      throwIfAborted(options.signal)
      const { group, first, count } = run
      const slice = scalars[group].slice(first * fieldBytes, (first + count) * fieldBytes)
      const result = await lane.run({ group, windowBits: windowBits[group], scalars: slice })
      points[group].set(result, first * pointBytes(group))
      done += count
      options.onProgress?.(done, total)
    }
  }
  const stop = (): void => {
    for (const lane of lanes) void lane.close()
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    // One lane takes G2 first, the others G1, so that most lanes need the table of one group only.
    await Promise.all(
      lanes.map((lane, index) => drain(lane, () => (index === 0 ? runs.shift() : runs.pop()))),
    )
  } catch (error) {
    throwIfAborted(options.signal)
    throw error
  } finally {
    options.signal?.removeEventListener('abort', stop)
    runs.length = 0
    scalars.g1.fill(0)
    scalars.g2.fill(0)
    await Promise.all(lanes.map((lane) => lane.close()))
  }
  return points
}

/** Threads for so many points. */
export function threadsFor(points: number, asked: number | undefined): number {
  return points < threadedPoints ? 1 : (asked ?? Math.min(availableParallelism(), maximumThreads))
}

function split(group: GroupName, total: number): Run[] {
  const runs: Run[] = []
  for (let first = 0; first < total; first += runLength[group]) {
    runs.push({ group, first, count: Math.min(runLength[group], total - first) })
  }
  return runs
}

/** The window with the fewest additions for table and scalars together. */
function bestWindow(scalars: number): number {
  let best = { bits: 2, additions: Number.POSITIVE_INFINITY }
  for (let bits = 2; bits <= 16; bits++) {
    const additions = windowCount(bits) * (scalars + 2 ** (bits - 1))
    if (additions < best.additions) best = { bits, additions }
  }
  return best.bits
}

/** @throws ZkserveError `CANCELLED` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ZkserveError('CANCELLED', 'the set-up was cancelled')
}
