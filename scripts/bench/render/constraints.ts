import { type Cell, markdownTable } from '#scripts/bench/render/markdown.js'
import type { ModelResult } from '#scripts/bench/result.js'

/** Every constraint of every model, by the part of the circuit that it belongs to. */
export function renderConstraints(models: readonly ModelResult[]): string {
  const head = ['model', 'part', 'output', 'parameters', 'multiplications', 'constraints']
  return markdownTable(head, models.flatMap(partsOf))
}

function partsOf({ name, constraints }: ModelResult): Cell[][] {
  const { inputRange, inputBinding, layers, outputPacking, context, total } = constraints
  const rows: Cell[][] = [
    ['input range', null, null, null, inputRange],
    ['input commitment', null, null, null, inputBinding],
    ...layers.map((layer): Cell[] => [
      `${layer.operator} ${layer.name}`,
      layer.outputShape.join('×'),
      layer.parameters || null,
      layer.macs || null,
      layer.constraints,
    ]),
    ['outputs', null, null, null, outputPacking],
    ['context', null, null, null, context],
    ['total', null, null, null, total],
  ]
  return rows.map((row, index) => [index === 0 ? name : '', ...row])
}
