import type { Command } from 'commander'
import { withJobProgress } from '#service/cli/job-progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly ptau: string
  readonly out: string
}

/** `zkserve ceremony new`: the folder of a ceremony. */
export function newVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(ceremony, 'new <bundle>', "begin a ceremony for a bundle's circuit: makes key 0000")
    .requiredOption('--ptau <file|hash>', 'powers of tau that were imported')
    .requiredOption('--out <directory>', "where the ceremony's folder goes; must not hold anything yet")
    .action(async (directory: string, flags: Flags) => {
      const { beginCeremony } = await import('#prover/ceremony/begin.js')
      const { jobStages } = await import('#prover/ceremony/job-stages.js')
      const { findTau } = await import('#prover/ceremony/tau-store.js')
      const { loadBundle } = await import('#prover/bundle/load.js')
      const begun = await withJobProgress(jobStages('newKey'), async (hooks) => {
        const bundle = await loadBundle(directory)
        const powers = await findTau(flags.ptau, { signal: hooks.signal })
        return beginCeremony(bundle, powers, flags.out, hooks)
      })
      report({
        document: begun,
        text: formatFacts([
          ['ceremony', begun.dir],
          ['circuit', begun.circuit],
          ['powers of tau', begun.powersOfTau],
        ]),
      })
    })
}
