import type { Command } from 'commander'
import { type InputFlags, normalisationOf } from '#service/builds/quantise-settings.js'
import { normaliseOptions } from '#service/cli/options.js'
import { printableLine } from '#service/cli/printable.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve run`: the float model, no quantisation. */
export function runVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(
    program,
    'run <model>',
    'run an ONNX model in float32, without quantisation',
  ).requiredOption('--input <file>', 'JSON {"input": [...]}, flat or nested; - for standard input')
  for (const option of normaliseOptions) command.addOption(option)
  command.action(async (path: string, { input, ...flags }: InputFlags & { readonly input: string }) => {
    const { interpretGraph } = await import('#circuits/graph/interpret.js')
    const { readSource } = await import('#service/cli/files.js')
    const { loadInput } = await import('#service/cli/load.js')
    const { importInSandbox } = await import('#service/sandbox/import-sandbox.js')
    const { normaliseInputs } = await import('#circuits/graph/passes/normalise-inputs.js')
    const float = await importInSandbox(await readSource(path))
    const graph = normaliseInputs(float, normalisationOf(flags))
    const values = interpretGraph(graph, await loadInput(input, graph.inputs))
    const outputs = Array.from(values, ([name, { shape, data }]) => [name, { shape, data: Array.from(data) }])
    const lines = Array.from(
      values,
      ([name, { data }]) => `${printableLine(name)}: ${Array.from(data).join(' ')}`,
    )
    report({ document: { outputs: Object.fromEntries(outputs) }, text: lines.join('\n') })
  })
}
