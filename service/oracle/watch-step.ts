/**
 * What a watcher is about to do, where what it did before is not yet on record, or is, and what follows is not:
 * `note` events that were read, go back (`rewind`), `submit` a proof, `link` the job to its request, `keep` the answer,
 * `sign` a transaction, `send` it, `settle` what became of it.
 */
export const watchSteps = [
  ...(['note', 'rewind', 'submit', 'link', 'keep', 'sign', 'send', 'settle'] as const),
] as const

/** Told of each step before it is taken. */
export type WatchStep = (step: (typeof watchSteps)[number]) => void | Promise<void>
