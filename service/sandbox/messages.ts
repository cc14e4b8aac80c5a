import type { SerialisedError } from '#circuits/errors.js'

/** What a child process is told, once; the bytes that it works on come over its standard input. */
export interface ChildRequest<Request> {
  readonly request: Request
  /** The process that started it, whose end is its own. */
  readonly parent: number
}

/** What it says: how far it is, as often as it likes, then its result or an error, once. */
export type ChildMessage<Progress, Result> =
  | { readonly progress: Progress }
  | { readonly result: Result }
  | { readonly error: SerialisedError }
