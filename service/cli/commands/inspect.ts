import type { Command } from 'commander'
import type { Inspection } from '#prover/inspect.js'
import { type QuantiseFlags, quantiseSettings } from '#service/builds/quantise-settings.js'
import { type CircuitFlags, circuitOptions } from '#service/cli/circuit-options.js'
import { describeAccuracy } from '#service/cli/describe-accuracy.js'
import { quantiseOptions } from '#service/cli/options.js'
import { formatFacts, formatTable, shapeText } from '#service/cli/table.js'
import { addCommand, type Outcome, type VerbContext } from '#service/cli/verb.js'

interface Flags extends QuantiseFlags, CircuitFlags {
  readonly calibration?: string
}

/** `zkserve inspect`: whether a model can be proven, and what it will cost. */
export function inspectVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(program, 'inspect <model>', 'predict the circuit of an ONNX model').option(
    '--calibration <data>',
    'data as for build: makes the constraints exact instead of an estimate',
  )
  for (const option of [...quantiseOptions, ...circuitOptions]) command.addOption(option)
  command.action(async (path: string, flags: Flags) => {
    const { optimiseGraph } = await import('#circuits/graph/passes/optimise.js')
    const { inspectModel } = await import('#prover/inspect.js')
    const { readSource } = await import('#service/cli/files.js')
    const { loadDataset } = await import('#service/cli/load.js')
    const { readInSandbox } = await import('#service/sandbox/import-sandbox.js')
    const { graph, opset, unsupported } = await readInSandbox(await readSource(path))
    if (graph === null) {
      report(unsupportedOutcome(opset, unsupported))
      return
    }
    const { calibration } = flags
    const dataset = calibration === undefined ? null : await loadDataset(calibration, graph.inputs)
    const inspection = inspectModel(optimiseGraph(graph), dataset, {
      ...quantiseSettings(flags),
      input: flags.input,
      weights: flags.weights,
      batch: flags.batch,
    })
    const document = { supported: true, unsupported: [], ...inspection }
    report({ document, text: describeInspection(inspection) })
  })
}

interface Offender {
  readonly node: string
  readonly operator: string
  readonly reason: string
}

function unsupportedOutcome(opset: number, unsupported: readonly Offender[]): Outcome {
  const rows = unsupported.map(({ node, operator, reason }) => [node, operator, reason])
  return {
    document: { supported: false, unsupported, opset },
    text: `not supported (opset ${opset}):\n\n${formatTable(['node', 'operator', 'because it'], rows)}`,
    exitCode: 1,
  }
}

function describeInspection(inspection: Inspection): string {
  const { layers, overhead, constraints, estimate } = inspection
  const facts = formatFacts([
    ['opset', inspection.opset],
    ['inputs', inspection.inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ')],
    ['outputs', inspection.outputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ')],
    ['parameters', inspection.parameters],
    ['multiplications', inspection.macs],
  ])
  const rows = [
    ...layers.map((layer) => [
      layer.name,
      layer.operator,
      shapeText(layer.outputShape),
      layer.parameters,
      layer.macs,
      layer.constraints,
    ]),
    ...Object.entries(overhead).map(([name, count]) => [name, '', '', null, null, count]),
    [estimate ? 'total (estimate)' : 'total', '', '', inspection.parameters, inspection.macs, constraints],
  ]
  const head = ['layer', 'operator', 'output', 'parameters', 'macs', 'constraints']
  const parts = [facts, formatTable(head, rows)]
  if (inspection.accuracy !== null) parts.push(describeAccuracy(inspection.accuracy))
  if (inspection.problem !== null) parts.push(`build would refuse this model: ${inspection.problem}`)
  return parts.join('\n\n')
}
