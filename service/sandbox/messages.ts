import type { SerialisedError } from '#circuits/errors.js'
import type { OnnxReading } from '#circuits/import/import-model.js'
import type { ImportLimits } from '#circuits/import/limits.js'

/** What the child process is told; the file itself comes over its standard input. */
export interface SandboxRequest {
  /** Bytes that standard input will give. */
  readonly length: number
  readonly limits: ImportLimits
}

/** What it answers, once. */
export type SandboxReply = { readonly reading: OnnxReading } | { readonly error: SerialisedError }
