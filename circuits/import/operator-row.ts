import type { OperatorCall } from '#circuits/import/operator-call.js'

/** The opsets of ONNX's own domain that are read. */
export const opsets = { least: 7, most: 21 } as const

/** The opsets that are read of each operator domain; ONNX's own has no name. */
export const domainOpsets: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  '': opsets,
  'ai.onnx.ml': { least: 1, most: 4 },
  'com.microsoft': { least: 1, most: 1 },
}

/** Reads one ONNX node into the graph. */
export type Reader = (call: OperatorCall) => void

/** An ONNX operator that zkserve reads. */
export interface OperatorRow {
  readonly operator: string
  /** Operator domain; empty for ONNX's own. */
  readonly domain: string
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number]
  /** The greatest number of outputs that may be used. */
  readonly outputs: number
  /** Readers by the opset from which they hold, ascending. */
  readonly readers: readonly (readonly [opset: number, read: Reader])[]
  /** What it costs in constraints, for people. */
  readonly cost: string
  /** What is taken of the operator, for people. */
  readonly remarks: string
}

/** As many inputs or outputs as one likes. */
export const anyNumber: number = Number.MAX_SAFE_INTEGER

/** A row with one reader for all opsets, or several by the opset from which they hold. */
export function row(
  operator: string,
  inputs: readonly [number, number],
  read: Reader | OperatorRow['readers'],
  about: {
    readonly cost: string
    readonly remarks?: string
    readonly outputs?: number
    readonly domain?: string
  },
): OperatorRow {
  const domain = about.domain ?? ''
  const readers = typeof read === 'function' ? ([[domainOpsets[domain]!.least, read]] as const) : read
  return {
    operator,
    domain,
    inputs,
    readers,
    cost: about.cost,
    remarks: about.remarks ?? '',
    outputs: about.outputs ?? 1,
  }
}
