import type { GraphBuilder } from '#circuits/import/graph-builder.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import { type ModelMessage, toNumber } from '#circuits/import/messages.js'
import type { NamedNode } from '#circuits/import/node-order.js'
import { OperatorCall } from '#circuits/import/operator-call.js'
import { domainOpsets } from '#circuits/import/operator-row.js'
import { findOperator, readOperator } from '#circuits/import/operator-table.js'
import { UnknownValue, type UnsupportedNode, UnsupportedReason } from '#circuits/import/unsupported.js'
import { unsupportedReasons } from '#circuits/import/unsupported-reasons.js'

interface ReadContext {
  readonly builder: GraphBuilder
  readonly limits: ImportLimits
  readonly opset: number
}

/** Reads nodes in order into the builder; returns those that are not supported. */
export function readNodes(
  model: ModelMessage,
  order: readonly NamedNode[],
  context: ReadContext,
): readonly UnsupportedNode[] {
  const outputs = model.graph?.output ?? []
  const read = new Set([...order.flatMap(({ message }) => message.input), ...outputs.map(({ name }) => name)])
  const isRead = (value: string): boolean => read.has(value)
  return order.flatMap((node) => {
    const { opType: operator } = node.message
    const domain = node.message.domain === 'ai.onnx' ? '' : node.message.domain
    const opset = domain === '' ? context.opset : opsetOf(model, domain)
    const reason = readNode(node, domain, { ...context, opset, isRead })
    return reason === null ? [] : [{ node: node.name, operator, domain, opset, reason }]
  })
}

function readNode(
  { name, message }: NamedNode,
  domain: string,
  context: ReadContext & { readonly isRead: (value: string) => boolean },
): string | null {
  const entry = findOperator(domain, message.opType)
  if (entry === null) return unsupportedReasons[message.opType] ?? 'is not supported'
  const { least, most } = domainOpsets[domain]!
  if (context.opset < least || context.opset > most) {
    return `is not supported: only opsets ${least} to ${most} are`
  }
  try {
    readOperator(entry, new OperatorCall(message, name, context))
    return null
  } catch (error) {
    if (error instanceof UnsupportedReason) return error.message
    if (error instanceof UnknownValue) return null
    throw error
  }
}

function opsetOf(model: ModelMessage, domain: string): number {
  const entry = model.opsetImport.find((candidate) => candidate.domain === domain)
  return entry === undefined ? 0 : toNumber(entry.version)
}
