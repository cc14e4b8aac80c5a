/** What an architecture decides about the activations of its later versions. */
import { bitLength, type QModel, type QRescale, type QTable } from '#circuits/qmodel/qmodel.js'

/** A layer that brings sums to a scale, with the units of what it reads after its shift and of what it makes. */
export interface ImposedLayer {
  readonly layer: QRescale | QTable
  readonly keyUnit: number
  readonly unit: number
}

export interface Imposed {
  /** Rescales and tables, in order. */
  readonly layers: readonly ImposedLayer[]
  /** Whether scales, clamps and tables are the architecture's too; else its shifts alone. */
  readonly scales: boolean
  /** The integers of each input, in order. */
  readonly inputs: readonly { readonly unit: number; readonly low: number; readonly bits: number }[]
}

export function imposedBy({ layers, tensors, inputs }: QModel, scales: boolean): Imposed {
  return {
    scales,
    layers: layers.flatMap((layer) => {
      if (layer.kind !== 'rescale' && layer.kind !== 'table') return []
      const [read] = tensors[layer.input]!.scales as readonly [number]
      const [unit] = tensors[layer.output]!.scales as readonly [number]
      return [{ layer, keyUnit: read * 2 ** layer.shifts[0]!, unit }]
    }),
    inputs: inputs.map(({ scales: [unit], lows: [low], bits }) => ({ unit: unit!, low: low!, bits })),
  }
}

/** What an imposed table says: its keys, its results, and the units of both. */
export function imposedTable(imposed: ImposedLayer | undefined) {
  if (imposed?.layer.kind !== 'table') return undefined
  const { layer, keyUnit, unit } = imposed
  const { shifts, low, bits, tables } = layer
  const values = tables.flatMap((table) => Array.from(table))
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  return {
    scaling: { unit: keyUnit, shifts },
    window: { low, bits },
    grid: { unit, low: least, bits: bitLength(most - least) },
    tables,
  }
}
