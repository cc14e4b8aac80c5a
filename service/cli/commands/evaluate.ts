import type { Command } from 'commander'
import { describeAccuracy } from '#service/cli/describe-accuracy.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve evaluate`: the integer model against the float model. */
export function evaluateVerb(program: Command, { report }: VerbContext): void {
  addCommand(program, 'evaluate <bundle>', 'compare the integer model of a bundle with the float model')
    .requiredOption('--data <data>', 'rows, with labels for accuracies: .npz, or JSON {"inputs", "labels"}')
    .action(async (directory: string, { data }: { readonly data: string }) => {
      const { normaliseInputs } = await import('#circuits/graph/passes/normalise-inputs.js')
      const { optimiseGraph } = await import('#circuits/graph/passes/optimise.js')
      const { withBatch } = await import('#circuits/qmodel/batch.js')
      const { loadBundle, readBundleFile } = await import('#prover/bundle/load.js')
      const { evaluate } = await import('#prover/inference/evaluate.js')
      const { loadDataset } = await import('#service/cli/load.js')
      const { importInSandbox } = await import('#service/sandbox/import-sandbox.js')
      const bundle = await loadBundle(directory)
      const dataset = await loadDataset(data, withBatch(bundle.model, 1).inputs)
      const float = optimiseGraph(await importInSandbox(await readBundleFile(bundle, 'model.onnx')))
      const graph = normaliseInputs(float, bundle.manifest.quantisation.normalisation)
      const evaluation = evaluate(graph, bundle.model, dataset)
      const text = describeAccuracy(evaluation)
      report({ document: evaluation, text })
    })
}
