/** What LinkedEvaluations knows of a version: its links, and the chunks that are counted. */

import type { Hex } from 'viem'
import { linkedEvaluationsAbi as abi } from '#contracts/generated/LinkedEvaluations.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { EvaluationsAt, LinkedVersion } from '#service/chain/linked-evaluations.js'
import { readModel } from '#service/chain/read-model.js'
import { collectEvents } from '#service/chain/search-events.js'

/**
 * The number of a version's link with this key; null where there is none. Anyone can link a version anew, so that its
 * key tells which link is one's own.
 * @param vkHash of the key with the linked commitment folded in
 * @throws CHAIN_UNREACHABLE
 */
export async function findLink(
  chain: ChainReader,
  link: Omit<LinkedVersion, 'linked'> & { readonly registry: `0x${string}`; readonly vkHash: Hex },
): Promise<number | null> {
  const { evaluations: address, evaluatorId, modelId, version, registry, vkHash } = link
  const { client } = chain
  const filter = { eventName: 'VersionLinked', args: { evaluatorId, modelId, version } } as const
  const [events, own] = await Promise.all([
    collectEvents(chain, (range) =>
      client.getContractEvents({ address, abi, ...filter, ...range, strict: true }),
    ),
    asked(() => client.readContract({ ...{ address, abi, functionName: 'modelOf', args: [evaluatorId] } })),
  ])
  for (const { args } of events) {
    const found = await readModel(chain, { registry, modelId: own, version: args.evaluation })
    if (found.vkHash === vkHash) return args.evaluation
  }
  return null
}

/** Which chunks of a test set are counted for a version. @throws CHAIN_UNREACHABLE */
export async function readCountedChunks(
  chain: ChainReader,
  { evaluations: address, ...subject }: EvaluationsAt & CountedVersion,
): Promise<ReadonlyMap<number, number>> {
  const filter = { address, abi, eventName: 'ChunkCounted', args: subject } as const
  const events = await collectEvents(chain, (range) =>
    chain.client.getContractEvents({ ...filter, ...range, strict: true }),
  )
  return new Map(events.map(({ args }) => [args.chunk, args.correct]))
}

interface CountedVersion {
  readonly modelId: bigint
  readonly version: number
  readonly testSet: Hex
}
