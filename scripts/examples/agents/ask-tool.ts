import { ZkserveError } from '#circuits/errors.js'
import type { FoundModel } from '#service/agents/discover.js'
import { verifyAnswer } from '#service/client/trusted-model.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import { mcpVersions, type ToolResult } from '#service/mcp/protocol.js'

/** What an assistant got of a tool. */
export interface ToolAnswer {
  /** Tools that the service has. */
  readonly tools: readonly string[]
  readonly outputs: ProofReply['outputs']
}

/**
 * Asks a model as an assistant does that speaks the Model Context Protocol, at the endpoint that the agent's file names,
 * and checks the proof.
 *
 * @throws ZkserveError `INVALID_AGENT` where there is no such endpoint, `INVALID_PROOF`
 */
export async function askTool({ file, model, trusted }: FoundModel, input: unknown): Promise<ToolAnswer> {
  const endpoint = file.services.find(({ name }) => name === 'MCP')?.endpoint
  if (endpoint === undefined) throw new ZkserveError('INVALID_AGENT', 'it does not speak MCP')
  const [protocolVersion] = mcpVersions
  const send = async (message: object): Promise<Response> =>
    fetch(endpoint, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        'mcp-protocol-version': protocolVersion,
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    })
  const call = async <Result>(method: string, params: object): Promise<Result> => {
    const reply = (await (await send({ id: method, method, params })).json()) as { readonly result: Result }
    return reply.result
  }
  const clientInfo = { name: 'assistant', version: '1' }
  await call('initialize', { protocolVersion, capabilities: {}, clientInfo })
  await send({ method: 'notifications/initialized' })
  const { tools } = await call<{ tools: { name: string }[] }>('tools/list', {})
  const { structuredContent } = await call<ToolResult>('tools/call', {
    name: model.name,
    arguments: { input },
  })
  const answer = structuredContent as ProofReply
  const { valid } = await verifyAnswer(trusted, answer, { input })
  if (!valid) throw new ZkserveError('INVALID_PROOF', "the tool's answer does not hold")
  return { tools: tools.map(({ name }) => name), outputs: answer.outputs }
}
