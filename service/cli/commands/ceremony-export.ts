import type { Command } from 'commander'
import { describeContributions } from '#service/cli/describe-contributions.js'
import { withJobProgress } from '#service/cli/job-progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly bundle: string
  readonly out: string
  readonly ptau?: string
}

/** `zkserve ceremony export`: a bundle for production. */
export function exportVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(ceremony, 'export <ceremony>', 'verify a finished ceremony and write a bundle with its key')
    .requiredOption('--bundle <bundle>', 'the model that the ceremony was for')
    .requiredOption('--out <directory>', 'where the new bundle goes; must not hold anything yet')
    .option('--ptau <file|hash>', 'imported powers of tau; by default those that the folder names')
    .action(async (path: string, flags: Flags) => {
      const { exportCeremony } = await import('#prover/ceremony/export.js')
      const { findCeremony } = await import('#prover/ceremony/folder.js')
      const { jobStages } = await import('#prover/ceremony/job-stages.js')
      const { findMaterials } = await import('#prover/ceremony/materials.js')
      const { loadBundle } = await import('#prover/bundle/load.js')
      const exported = await withJobProgress(jobStages('verifyKey'), async (hooks) => {
        const place = await findCeremony(path)
        const bundle = await loadBundle(flags.bundle)
        const materials = await findMaterials(place, { bundle, ptau: flags.ptau, signal: hooks.signal })
        return exportCeremony(place, bundle, materials, flags.out, hooks)
      })
      const { dir, modelHash, vkHash, transcript } = exported
      const facts = formatFacts([
        ['bundle', dir],
        ['model hash', modelHash],
        ['key hash', vkHash],
        ['powers of tau', transcript.powersOfTau.sha256],
      ])
      report({ document: exported, text: `${facts}\n\n${describeContributions(transcript.contributions)}` })
    })
}
