import { readFileSync } from 'node:fs'
import { isAlive } from '#prover/bundle/files.js'

/** Names this process: a pid alone may be another process by now, with the time of its start it is not. */
export function ownMark(): string {
  return `${process.pid} ${startOf(process.pid) ?? ''}`
}

/** The live process of this machine that wrote its mark into a file, or null. */
export function holderOf(path: string): number | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const [pid, start = ''] = text.split(' ')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0 || !isAlive(number)) return null
  return start === '' || startOf(number) === null || startOf(number) === start ? number : null
}

/** When a process started, in clock ticks since boot; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
