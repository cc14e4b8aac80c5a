import { type Address, encodeAbiParameters, getAbiItem, type Hex, keccak256 } from 'viem'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** A version that may be adopted, as the contract's struct `Candidate` names it. */
export interface Candidate {
  readonly modelId: bigint
  readonly version: number
  readonly contentHash: Hex
}

/** The contracts' structs `ModelCommitment` and `VersionTerms`. */
const [commitmentType, termsType] = getAbiItem({ abi: modelRegistryAbi, name: 'publishModel' }).inputs

/** A registered version as a candidate, by the content that it has now. @throws CHAIN_REJECTED (VersionNotFound), CHAIN_UNREACHABLE */
export async function readCandidate(
  { client }: ChainReader,
  { registry, modelId, version }: { registry: Address; modelId: bigint; version: number },
): Promise<Candidate> {
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'getVersion' } as const
  const [commitment, info, transcriptHash] = await asked(() =>
    client.readContract({ ...call, args: [modelId, version] }),
  )
  const types = [commitmentType, termsType] as const
  const contentHash = keccak256(encodeAbiParameters(types, [commitment, { ...info, transcriptHash }]))
  return { modelId, version, contentHash }
}
