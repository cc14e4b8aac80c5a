import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ZkserveError } from '#circuits/errors.js'
import type { Config } from '#service/config/schema.js'
import type { Route } from '#service/http/route.js'
import { inferHeadersSchema } from '#service/http/schemas/inference.js'
import { callTool } from '#service/mcp/call-tool.js'
import { describeTool, modelTools } from '#service/mcp/model-tools.js'
import { mcpPath, mcpVersions, RpcError, readMessage } from '#service/mcp/protocol.js'
import { packageVersion } from '#service/package-version.js'

const versionHeader = 'mcp-protocol-version'

const schema = { hide: true, headers: inferHeadersSchema, body: Type.Unknown() }

const instructions =
  'Each tool is a neural network. Its result carries a proof that the answer is the network’s own; check it against a verifying key that you trust.'

/** POST /mcp: the models as tools of the Model Context Protocol, where the settings ask for it. */
export const mcpRoute: Route = async (app, services) => {
  const { config, models } = services
  if (!config.mcp) return
  const options = { config: { scope: 'infer' }, onRequest: refuseOthers(config) } as const
  app.post(mcpPath, { ...options, schema }, async (request, reply) => {
    try {
      const message = readMessage(request.body)
      if (message === null) return reply.code(202).send()
      const { id, method } = message
      const result = (value: object) => ({ jsonrpc: '2.0', id, result: value })
      try {
        switch (method) {
          case 'initialize':
            return result(greeting(message.params.protocolVersion))
          case 'ping':
            return result({})
          case 'tools/list':
            return result({ tools: (await modelTools(models, request.tenant.id)).map(describeTool) })
          case 'tools/call':
            return result(await callTool(services, request, reply, message))
          default:
            throw new RpcError('methodNotFound', 'there is no such method')
        }
      } catch (error) {
        if (error instanceof RpcError) return rpcFailure(error, id)
        throw error
      }
    } catch (error) {
      if (error instanceof RpcError) return reply.code(400).send(rpcFailure(error, null))
      throw error
    }
  })
  // No streams to listen to, no sessions to end.
  for (const method of ['GET', 'DELETE'] as const) {
    app.route({
      ...{ method, url: mcpPath, schema: { hide: true } },
      handler: (_request, reply) => reply.code(405).header('allow', 'POST').send(),
    })
  }
}

function rpcFailure({ code, message }: RpcError, id: string | number | null): object {
  return { jsonrpc: '2.0', id, error: { code, message } }
}

function greeting(asked: unknown): object {
  const protocolVersion = mcpVersions.find((version) => version === asked) ?? mcpVersions[0]
  return {
    ...{ protocolVersion, capabilities: { tools: {} }, instructions },
    serverInfo: { name: 'zkserve', title: 'zkserve', version: packageVersion() },
  }
}

/**
 * Refuses pages that may not call the service, which could be made to reach one on the reader's own machine (DNS
 * rebinding), and revisions that are not spoken.
 */
function refuseOthers({ corsOrigin, publicUrl }: Pick<Config, 'corsOrigin' | 'publicUrl'>) {
  const own = URL.canParse(publicUrl) ? [new URL(publicUrl).origin] : []
  const allowed = [...own, ...corsOrigin]
  return async ({ headers }: FastifyRequest): Promise<void> => {
    const { origin, [versionHeader]: version } = headers
    if (origin !== undefined && !allowed.includes(origin) && !allowed.includes('*')) {
      throw new ZkserveError('FORBIDDEN', 'pages of this origin may not call the service', {
        hints: ['Name it by --cors-origin.'],
      })
    }
    if (version === undefined || mcpVersions.some((spoken) => spoken === version)) return
    throw new ZkserveError(
      'INVALID_REQUEST',
      'this version of the Model Context Protocol is not spoken here',
      {
        details: { supported: mcpVersions },
      },
    )
  }
}
