import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'

/** One model of the snapshot that the tests compare with what circom makes. */
interface ModelConstraints {
  readonly total: number
  readonly inputRange: number
  readonly inputBinding: number
  readonly outputPacking: number
  readonly context: number
  readonly layers: Readonly<Record<string, number>>
}

/** Where the constraints of the project's models go, as a Markdown table. */
export function constraintsTableText(): string {
  const path = join(packageRoot, 'test', 'snapshots', 'model-constraints.json')
  const models = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, ModelConstraints>>
  const rows = Object.entries(models).map(([name, model]) => {
    const cells = [
      model.inputRange,
      model.inputBinding,
      costOf(model, 'MaxPool'),
      costOf(model, 'Relu'),
      otherLayers(model),
      model.outputPacking + model.context,
      model.total,
    ]
    return `| ${name} | ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`
  })
  return [
    '| model | input range | input commitment | max-pools | ReLUs with rescale | other layers | outputs, context | total |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n')
}

/** Constraints of what is neither a max-pool nor a ReLU: tables, products of signals, orders. */
function otherLayers(model: ModelConstraints): number {
  const all = Object.values(model.layers).reduce((sum, count) => sum + count, 0)
  return all - costOf(model, 'MaxPool') - costOf(model, 'Relu')
}

/** Constraints of all layers of one operator. */
function costOf({ layers }: ModelConstraints, operator: string): number {
  return Object.entries(layers)
    .filter(([name]) => name.endsWith(`(${operator})`))
    .reduce((sum, [, count]) => sum + count, 0)
}
