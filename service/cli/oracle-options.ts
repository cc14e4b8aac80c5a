import type { Command } from 'commander'
import type { Address } from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { InferenceRequest } from '#service/chain/read-request.js'
import type { ProofPlace } from '#service/chain/verifier-of.js'
import { absentRequest } from '#service/cli/absent-request.js'
import { type ChainFlags, contractOption, withChain } from '#service/cli/chain-options.js'
import { contractAt } from '#service/cli/open-chain.js'

/** Which oracle. */
export interface OracleFlags extends ChainFlags {
  readonly oracle?: Address
}

/** Adds the options that say which oracle. */
export function withOracle(command: Command): Command {
  return withChain(command).addOption(
    contractOption('oracle', 'the InferenceOracle; by default the one that `contracts show` names'),
  )
}

/** The oracle that the options name, and what it stands on. @throws ZkserveError `CHAIN_REJECTED`, `CHAIN_UNREACHABLE` */
export async function oracleAt(
  chain: ChainReader,
  flags: OracleFlags,
): Promise<ProofPlace & { readonly oracle: Address }> {
  const { readVerifierOf } = await import('#service/chain/verifier-of.js')
  const oracle = await contractAt(chain, 'InferenceOracle', flags.oracle)
  return { oracle, ...(await readVerifierOf(chain, oracle)) }
}

/** A request that there is. @throws ZkserveError `CHAIN_REJECTED` where there is none; `CHAIN_UNREACHABLE` */
export async function requestOf(
  chain: ChainReader,
  oracle: Address,
  requestId: bigint,
): Promise<InferenceRequest> {
  const { readRequest } = await import('#service/chain/read-request.js')
  const request = await readRequest(chain, { oracle, requestId })
  if (request.status !== 'none') return request
  throw absentRequest(requestId, oracle)
}
