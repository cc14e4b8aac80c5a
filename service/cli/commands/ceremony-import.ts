import type { Command } from 'commander'
import { withJobProgress } from '#service/cli/job-progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve ceremony import`: checked powers of tau. */
export function importVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(ceremony, 'import <ptau>', 'check powers of tau, prepare them for phase 2, and keep them')
    .option('--trust <hash>', 'do not check the points of a file that has this published BLAKE2b or SHA-256')
    .action(async (path: string, { trust }: { readonly trust?: string }) => {
      const { importTau } = await import('#prover/ceremony/tau-store.js')
      const { jobStages } = await import('#prover/ceremony/job-stages.js')
      const stages = [
        ...(trust === undefined ? jobStages('verifyPowers') : []),
        ...jobStages('preparePowers'),
      ]
      const powers = await withJobProgress(stages, (hooks) => importTau(path, { trusted: trust, ...hooks }))
      report({
        document: powers,
        text: formatFacts([
          ['power', `${powers.power}: circuits of up to 2^${powers.power} rows`],
          ['contributions', powers.contributions],
          ['checked', powers.check === 'full' ? 'every point' : 'the hash alone'],
          ['SHA-256', powers.sha256],
          ['BLAKE2b', powers.blake2b],
        ]),
      })
    })
}
