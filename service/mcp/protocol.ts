/**
 * The Model Context Protocol as far as a server of tools speaks it: JSON-RPC 2.0 by streamable HTTP, without sessions
 * and without streams, after the specification's revisions 2025-06-18 and 2025-11-25
 * (modelcontextprotocol.io/specification/2025-11-25/basic/transports, /server/tools).
 */
import { Type } from 'typebox'
import { Check } from 'typebox/value'

/** Revisions that are spoken; the first is offered to clients that ask for another. */
export const mcpVersions = ['2025-11-25', '2025-06-18'] as const

/** Path of the one endpoint. */
export const mcpPath = '/mcp'

/** Codes of JSON-RPC 2.0. */
export const rpcCodes = { invalidRequest: -32600, methodNotFound: -32601, invalidParams: -32602 } as const

/** An error of JSON-RPC: what was sent is no call that there is. */
export class RpcError extends Error {
  readonly code: number

  constructor(kind: keyof typeof rpcCodes, message: string) {
    super(message)
    this.code = rpcCodes[kind]
  }
}

const id = Type.Union([Type.String({ maxLength: 256 }), Type.Integer()])
const base = { jsonrpc: Type.Literal('2.0') }
const params = Type.Optional(Type.Record(Type.String(), Type.Unknown()))
const requestSchema = Type.Object({ ...base, id, method: Type.String(), params })
const notificationSchema = Type.Object({ ...base, method: Type.String(), params })
const responseSchema = Type.Object({ ...base, id })

/** A call that wants an answer. */
export interface RpcRequest {
  readonly id: string | number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Reads a message.
 * @returns null for a notification or a response, which want no answer
 * @throws RpcError for what is no message; batches are none since 2025-06-18
 */
export function readMessage(body: unknown): RpcRequest | null {
  if (Check(requestSchema, body)) return { params: {}, ...body }
  const named = body as { readonly id?: unknown; readonly method?: unknown } | null
  if (Check(notificationSchema, body) && named?.id === undefined) return null
  if (Check(responseSchema, body) && named?.method === undefined) return null
  throw new RpcError('invalidRequest', 'the body is no message of JSON-RPC 2.0')
}

/** What a tool answers. */
export interface ToolResult {
  /** The same as text. */
  readonly content: readonly { readonly type: 'text'; readonly text: string }[]
  readonly structuredContent: object
  readonly isError?: boolean
  readonly _meta?: Readonly<Record<string, unknown>>
}
