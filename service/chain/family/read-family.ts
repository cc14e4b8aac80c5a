/** What contracts know of a family and of who governs it. */
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { familyGovernorAbi } from '#contracts/generated/FamilyGovernor.js'
import { guardianCouncilAbi } from '#contracts/generated/GuardianCouncil.js'
import { modelFamilyAbi } from '#contracts/generated/ModelFamily.js'
import { asked } from '#service/chain/asked.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { currentVersion } from '#service/chain/current-version.js'
import { type ModelVersion, readModel } from '#service/chain/read-model.js'

/** What candidates must show. */
export interface FamilyRules {
  readonly testSet: Hex
  readonly rows: number
  readonly minimalCorrect: number
  /** How many fewer rows than the current version's a candidate may answer right. */
  readonly allowedLoss: number
}

/** A family as it stands. */
export interface Family {
  readonly family: Address
  readonly modelId: bigint
  readonly registry: Address
  readonly evaluations: Address
  /** A timelock, where a governor governs. */
  readonly governance: Address
  readonly guardian: Address
  readonly rules: FamilyRules
  /** The version that consumers follow; null where none is active. */
  readonly current: number | null
}

/** Reads a family. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readFamily({ client }: ChainReader, family: Address): Promise<Family> {
  const at = { address: family, abi: modelFamilyAbi } as const
  const [modelId, registry, evaluations, governance, guardian, rules, current] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'modelId' }),
      client.readContract({ ...at, functionName: 'registry' }),
      client.readContract({ ...at, functionName: 'evaluations' }),
      client.readContract({ ...at, functionName: 'governance' }),
      client.readContract({ ...at, functionName: 'guardian' }),
      client.readContract({ ...at, functionName: 'rules' }),
      refusedAs('NoCurrentVersion', () => client.readContract({ ...at, functionName: 'current' })),
    ]),
  )
  const version = current === null ? null : current[1]
  return { family, modelId, registry, evaluations, governance, guardian, rules, current: version }
}

/** A version of a family, and the candidate that it was. */
export interface FamilyVersion {
  readonly version: number
  readonly status: ModelVersion['status']
  readonly vkHash: Hex
  readonly candidate: { readonly modelId: bigint; readonly version: number }
  /** The version that was current before it; null where none was. */
  readonly predecessor: number | null
}

/** All versions of a family, oldest first. @throws CHAIN_UNREACHABLE */
export async function readFamilyVersions(
  chain: ChainReader,
  { family, registry, modelId }: Pick<Family, 'family' | 'registry' | 'modelId'>,
): Promise<FamilyVersion[]> {
  const newest = await currentVersion(chain, { registry, modelId })
  const call = { address: family, abi: modelFamilyAbi, functionName: 'originOf' } as const
  return Promise.all(
    Array.from({ length: newest }, async (_, k) => {
      const version = k + 1
      const { status, vkHash } = await readModel(chain, { registry, modelId, version })
      const origin = await asked(() => chain.client.readContract({ ...call, args: [version] }))
      const candidate = { modelId: origin.modelId, version: origin.version }
      return { version, status, vkHash, candidate, predecessor: origin.predecessor || null }
    }),
  )
}

/** What a council thinks of a version. */
export interface Objections {
  readonly objections: number
  readonly quorum: number
}

/** Objections to a version; null where the family's guardian is no council. @throws CHAIN_UNREACHABLE */
export async function readObjections(
  { client }: ChainReader,
  { family, guardian, version }: Pick<Family, 'family' | 'guardian'> & { readonly version: number },
): Promise<Objections | null> {
  if ((await asked(() => client.getCode({ address: guardian }))) === undefined) return null
  const at = { address: guardian, abi: guardianCouncilAbi } as const
  const [objections, quorum] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'objectionsTo', args: [family, version] }),
      client.readContract({ ...at, functionName: 'quorum' }),
    ]),
  )
  return { objections: Number(objections), quorum: Number(quorum) }
}

/** Who votes: contracts that know each other. */
export interface Government {
  readonly governor: Address
  readonly votes: Address
  readonly timelock: Address
}

/** The votes and the timelock of a governor. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function readGovernment({ client }: ChainReader, governor: Address): Promise<Government> {
  const at = { address: governor, abi: familyGovernorAbi } as const
  const [votes, timelock] = await asked(() =>
    Promise.all([
      client.readContract({ ...at, functionName: 'token' }),
      client.readContract({ ...at, functionName: 'timelock' }),
    ]),
  )
  return { governor, votes, timelock }
}

/** Null where a contract refuses for this reason. */
async function refusedAs<Answer>(reason: string, question: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked(question)
  } catch (error) {
    if (error instanceof ZkserveError && error.details.reason === reason) return null
    throw error
  }
}
