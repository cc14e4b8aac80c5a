import { type Command, InvalidArgumentError } from 'commander'
import { contributionOutcome } from '#service/cli/commands/ceremony-contribute.js'
import { withJobProgress } from '#service/cli/job-progress.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly hash: string
  readonly iterations: number
  readonly name: string
  readonly out?: string
}

/** `zkserve ceremony beacon`: the last key. */
export function beaconVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(ceremony, 'beacon <ceremony>', 'take the last step, with a public random value')
    .requiredOption(
      '--hash <hex>',
      'the value, 16 to 255 bytes, such as the hash of a block that was announced',
    )
    .option('--iterations <exponent>', 'SHA-256 is iterated 2^exponent times, 10 to 30', parseExponent, 10)
    .option('--name <name>', 'name of the step', 'beacon')
    .option('--out <file>', 'the new key; by default the next number beside the last one')
    .action(async (path: string, { hash, iterations, name, out }: Flags) => {
      const { applyBeacon } = await import('#prover/ceremony/contribute.js')
      const { jobStages } = await import('#prover/ceremony/job-stages.js')
      const made = await withJobProgress(jobStages('beacon'), (hooks) =>
        applyBeacon(path, { value: hash, iterations, name, out, ...hooks }),
      )
      report(contributionOutcome(made))
    })
}

function parseExponent(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number.')
}
