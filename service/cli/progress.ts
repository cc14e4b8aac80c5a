import cliProgress from 'cli-progress'

/** Progress through named stages. */
export interface Progress {
  /** Tells that a stage began, or how far it is. */
  update(stage: string, done?: number, total?: number): void
  /** Removes the bar. */
  end(): void
}

/** A bar on standard error where that is a terminal, else nothing. */
export function createProgress(stages: readonly string[]): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, end: () => {} }
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} %  {stage}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  let reached = 0
  bar.start(stages.length, 0, { stage: stages[0] ?? '' })
  return {
    update: (stage, done = 0, total = 1) => {
      const position = Math.max(0, stages.indexOf(stage)) + (total > 0 ? done / total : 0)
      // A stage may count in several rounds; the bar only goes forward.
      reached = Math.max(reached, Math.min(position, stages.length))
      bar.update(reached, { stage })
    },
    end: () => bar.stop(),
  }
}
