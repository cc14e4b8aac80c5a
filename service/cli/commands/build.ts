import type { Command } from 'commander'
import type { BuildResult } from '#prover/bundle/build.js'
import { type QuantiseFlags, quantiseSettings } from '#service/builds/quantise-settings.js'
import { type CircuitFlags, circuitOptions } from '#service/cli/circuit-options.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { quantiseOptions } from '#service/cli/options.js'
import { createProgress } from '#service/cli/progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends QuantiseFlags, CircuitFlags {
  readonly calibration: string
  readonly out: string
  readonly name?: string
}

const stages = ['quantise', 'emit', 'compile', 'setup', 'write'] as const

/** `zkserve build`: a bundle from a model. */
export function buildVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(program, 'build <model>', 'build a bundle from an ONNX model')
    .requiredOption('--calibration <data>', 'rows to calibrate with: .npz, or JSON {"inputs": [...]}')
    .requiredOption('--out <directory>', 'where the bundle goes; must not hold anything yet')
    .option('--name <name>', 'name of the model; by default the one that the file gives')
  for (const option of [...quantiseOptions, ...circuitOptions]) command.addOption(option)
  command.action(async (path: string, flags: Flags) => {
    const { buildBundle } = await import('#prover/bundle/build.js')
    const { loadDataset, loadModel } = await import('#service/cli/load.js')
    const result = await withInterrupt(async (signal) => {
      const { onnx, graph } = await loadModel(path, signal)
      const calibration = await loadDataset(flags.calibration, graph.inputs)
      const named = { ...graph, name: flags.name ?? graph.name }
      const progress = createProgress(stages)
      const { input, weights, batch } = flags
      try {
        return await buildBundle(onnx, named, calibration, flags.out, {
          ...quantiseSettings(flags),
          ...{ input, weights, batch, signal },
          onSearch: ({ trials, cost }) => progress.update(`quantise: ${trials} trials, ${cost} constraints`),
          onProgress: ({ stage, done, total }) => progress.update(stage, done, total),
        })
      } finally {
        progress.end()
      }
    })
    report({ document: result, text: describeResult(result) })
  })
}

function describeResult(result: BuildResult): string {
  return formatFacts([
    ['bundle', result.dir],
    ['model hash', result.modelHash],
    ['circuit hash', result.circuitHash],
    ['key hash', result.vkHash],
    ['constraints', result.constraints],
    ['wires', result.wires],
    ['public signals', result.publicSignals],
    ...stages.map((stage) => [`${stage} (s)`, result.timings[stage] / 1000] as const),
    ['keys', 'development: made by one party, not for production'],
  ])
}
