import type { Command } from 'commander'

/** What a verb found: one JSON document and the same for people. */
export interface Outcome {
  /** Printed with `--json`; bigints become decimal text. */
  readonly document: unknown
  /** Printed without it; lines, the last without its end. */
  readonly text: string
  /** 1 where the thing asked about is false; 0 by default. */
  readonly exitCode?: 0 | 1
}

/** What a verb is given by its caller. */
export interface VerbContext {
  /** Prints an outcome; a verb reports once. */
  report(outcome: Outcome): void
  /** Whether standard output takes one JSON document. */
  readonly json: boolean
}

/** Where a command line writes. */
export interface Streams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Adds a verb to the program. Heavy modules are imported when the verb runs, so that `--help` is quick. */
export type Verb = (program: Command, context: VerbContext) => void

/** A command with the option that all verbs have. */
export function addCommand(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--json', 'print one JSON document on standard output, and all else on standard error')
}
