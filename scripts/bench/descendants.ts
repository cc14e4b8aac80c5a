import { readdirSync, readFileSync } from 'node:fs'

/** How often the processes below another are looked at, in ms: the peak is theirs to remember, not ours to catch. */
const interval = 50

/** Watches the processes that a process starts, by Linux' /proc. */
export interface DescendantWatch {
  /** Ends the watch; the largest peak resident memory of one of them in bytes, null where none was seen. */
  stop(): number | null
}

export function watchDescendants(pid: number): DescendantWatch {
  let peak: number | null = null
  const look = () => {
    for (const descendant of descendantsOf(pid)) peak = Math.max(peak ?? 0, peakOf(descendant))
  }
  const timer = setInterval(look, interval)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function descendantsOf(pid: number): number[] {
  const children = attempt(() =>
    readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number),
    ),
  )
  return (children ?? []).flatMap((child) => [child, ...descendantsOf(child)])
}

/** VmHWM: the most that was ever resident. */
function peakOf(pid: number): number {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}

/** Processes and threads end while they are read. */
function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
