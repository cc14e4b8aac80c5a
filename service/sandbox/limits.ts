import { defaultLimits, type ImportLimits } from '#circuits/import/limits.js'

/** What reading an untrusted model may cost. */
export interface SandboxLimits {
  readonly import: ImportLimits
  /** Memory that the child process may write to, in bytes: heap, buffers and stacks. */
  readonly memory: number
  /** Time from start to answer, in ms. */
  readonly timeout: number
}

export const defaultSandboxLimits: SandboxLimits = {
  import: defaultLimits,
  memory: 240 * 2 ** 20,
  timeout: 10_000,
}
