import type { Command } from 'commander'
import type { CommitResult } from '#prover/bundle/commit.js'
import { createProgress } from '#service/cli/progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly calibration: string
  readonly out: string
}

const stages = ['quantise', 'commit', 'write'] as const

/** `zkserve commit`: a new version of committed weights. */
export function commitVerb(program: Command, { report }: VerbContext): void {
  addCommand(
    program,
    'commit <bundle> <model>',
    'commit to new weights: a new version of a bundle, without compiler and set-up',
  )
    .requiredOption('--calibration <data>', 'rows to calibrate with: .npz, or JSON {"inputs": [...]}')
    .requiredOption('--out <directory>', 'where the new bundle goes; must not hold anything yet')
    .action(async (directory: string, path: string, flags: Flags) => {
      const { commitBundle } = await import('#prover/bundle/commit.js')
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { loadDataset, loadModel } = await import('#service/cli/load.js')
      const bundle = await loadBundle(directory)
      const { onnx, graph } = await loadModel(path)
      const calibration = await loadDataset(flags.calibration, graph.inputs)
      const progress = createProgress(stages)
      try {
        const result = await commitBundle(bundle, onnx, graph, calibration, flags.out, {
          onStage: (stage) => progress.update(stage),
        })
        report({ document: result, text: describeResult(result) })
      } finally {
        progress.end()
      }
    })
}

function describeResult(result: CommitResult): string {
  return formatFacts([
    ['bundle', result.dir],
    ['model hash', result.modelHash],
    ['architecture', result.architectureId],
    ['key hash', result.vkHash],
    ...stages.map((stage) => [`${stage} (s)`, result.timings[stage] / 1000] as const),
  ])
}
