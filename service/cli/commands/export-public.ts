import type { Command } from 'commander'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve export-public`: what others may see of a model with committed weights. */
export function exportPublicVerb(program: Command, { report }: VerbContext): void {
  addCommand(
    program,
    'export-public <bundle>',
    'write what verifying a model with committed weights takes, without the weights',
  )
    .requiredOption('--out <directory>', 'where the public view goes; must not hold anything yet')
    .action(async (directory: string, { out }: { readonly out: string }) => {
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { exportPublicView } = await import('#prover/bundle/public-view.js')
      const bundle = await loadBundle(directory)
      await exportPublicView(bundle, out)
      const { modelHash, vkHash } = bundle.manifest
      report({
        document: { dir: out, modelHash, vkHash },
        text: formatFacts([
          ['public view', out],
          ['model hash', modelHash],
          ['key hash', vkHash],
        ]),
      })
    })
}
