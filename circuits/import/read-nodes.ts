import type { GraphBuilder } from '#circuits/import/graph-builder.js'
import type { ImportLimits } from '#circuits/import/limits.js'
import { type ModelMessage, toNumber } from '#circuits/import/messages.js'
import type { NamedNode } from '#circuits/import/node-order.js'
import { OperatorCall } from '#circuits/import/operator-call.js'
import { opsets } from '#circuits/import/operator-row.js'
import { findOperator, readOperator } from '#circuits/import/operator-table.js'
import { UnknownValue, type UnsupportedNode, UnsupportedReason } from '#circuits/import/unsupported.js'

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
    const reason = readNode(node, { ...context, isRead })
    if (reason === null) return []
    const { domain, opType: operator } = node.message
    const opset = isOwnDomain(domain) ? context.opset : foreignOpset(model, domain)
    return [{ node: node.name, operator, domain, opset, reason }]
  })
}

function readNode(
  { name, message }: NamedNode,
  context: ReadContext & { readonly isRead: (value: string) => boolean },
): string | null {
  const entry = isOwnDomain(message.domain) ? findOperator(message.opType) : null
  if (entry === null) return 'is not supported'
  const { opset } = context
  if (opset < opsets.least || opset > opsets.most) {
    return `is not supported: only opsets ${opsets.least} to ${opsets.most} are`
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

function isOwnDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx'
}

function foreignOpset(model: ModelMessage, domain: string): number {
  const entry = model.opsetImport.find((candidate) => candidate.domain === domain)
  return entry === undefined ? 0 : toNumber(entry.version)
}
