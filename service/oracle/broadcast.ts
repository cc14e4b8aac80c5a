import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { asked } from '#service/chain/asked.js'
import type { OracleChain } from '#service/oracle/oracle-chain.js'

/** What nodes say of a transaction that they have, or had, or of whose nonce they have one that pays more. */
const known = /already known|already imported|nonce too low|known transaction|already exists|underpriced/i

/**
 * Sends a signed transaction, which may have been sent before.
 * @throws ZkserveError `CHAIN_REJECTED`, `CHAIN_UNREACHABLE`
 */
export async function broadcast({ client }: Pick<OracleChain, 'client'>, raw: Hex): Promise<void> {
  try {
    await asked(() => client.sendRawTransaction({ serializedTransaction: raw }))
  } catch (error) {
    if (!(error instanceof ZkserveError) || error.code !== 'CHAIN_REJECTED') throw error
    if (!known.test(`${error.message} ${causesOf(error)}`)) throw error
  }
}

function causesOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown }
  return cause instanceof Error ? `${cause.message} ${causesOf(cause)}` : ''
}
