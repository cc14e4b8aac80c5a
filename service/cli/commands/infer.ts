import type { Command } from 'commander'
import { describeInference } from '#service/cli/describe-inference.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve infer`: the integer model, without a proof. */
export function inferVerb(program: Command, { report }: VerbContext): void {
  addCommand(program, 'infer <bundle>', 'run the integer model of a bundle, as a proof would state it')
    .requiredOption('--input <file>', 'JSON {"input": [...]}, flat or nested; - for standard input')
    .action(async (directory: string, { input }: { readonly input: string }) => {
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { infer } = await import('#prover/inference/infer.js')
      const { loadInput } = await import('#service/cli/load.js')
      const { model } = await loadBundle(directory)
      const inference = infer(model, await loadInput(input, model.inputs, model.batch))
      report({ document: inference, text: describeInference(inference) })
    })
}
