import { ZkserveError } from '#circuits/errors.js'

/** A node that zkserve cannot take, and why. */
export interface UnsupportedNode {
  /** The node's name in the file, or one made from operator and position. */
  readonly node: string
  readonly operator: string
  /** Operator domain; empty for ONNX's own. */
  readonly domain: string
  /** The model's opset of that domain. */
  readonly opset: number
  readonly reason: string
}

/** Thrown while a node is read: the importer collects it and goes on, to name all offenders at once. */
export class UnsupportedReason extends Error {}

/** Thrown where a node reads what an unsupported node would have made: nothing more can be said of it. */
export class UnknownValue extends Error {}

/** One `UNSUPPORTED_OPERATOR` for all offenders; the message names the first, `details` lists all. */
export function unsupportedError(
  unsupported: readonly UnsupportedNode[],
  supported: readonly string[],
): ZkserveError {
  const [first] = unsupported as readonly [UnsupportedNode]
  const operator = first.domain === '' ? first.operator : `${first.domain}.${first.operator}`
  const others = unsupported.length > 1 ? ` (and ${unsupported.length - 1} more)` : ''
  const message = `node "${first.node}": ${operator} of opset ${first.opset} ${first.reason}${others}`
  return new ZkserveError('UNSUPPORTED_OPERATOR', message, {
    hints: [
      `Supported: ${supported.join(', ')}.`,
      'Run `zkserve inspect` for the list of offenders, and replace them before exporting.',
    ],
    details: { unsupported, supported },
  })
}
