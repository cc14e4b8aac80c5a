import type { Command } from 'commander'
import type { NewContribution } from '#prover/ceremony/contribute.js'
import { withJobProgress } from '#service/cli/job-progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type Outcome, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly name: string
  readonly out?: string
}

/** `zkserve ceremony contribute`: the next key. */
export function contributeVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(
    ceremony,
    'contribute <ceremony>',
    "contribute to a ceremony's last key, or to a single key file",
  )
    .requiredOption('--name <name>', 'who contributes; public')
    .option('--out <file>', 'the new key; by default the next number beside the last one')
    .action(async (path: string, { name, out }: Flags) => {
      const { contribute } = await import('#prover/ceremony/contribute.js')
      const { jobStages } = await import('#prover/ceremony/job-stages.js')
      const made = await withJobProgress(jobStages('contribute'), (hooks) =>
        contribute(path, { name, out, ...hooks }),
      )
      report(contributionOutcome(made))
    })
}

/** What is said of a step that was taken. */
export function contributionOutcome(made: NewContribution): Outcome {
  const { key, number, name, hash, earlier } = made
  const facts = formatFacts([
    ['key', key],
    ['step', number],
    ['name', name],
    ['follows', earlier.map((step) => step.name || '(no name)').join(', ') || 'nobody'],
    ['hash', hash],
  ])
  return { document: made, text: `${facts}\n\nPublish the hash, and pass the key on.` }
}
