import { RpcRequestError } from 'viem'

/** How viem tells that a node refused. */
export function jsonRpcRefusal(message: string): RpcRequestError {
  return new RpcRequestError({ body: {}, error: { code: -32000, message }, url: 'http://localhost' })
}
