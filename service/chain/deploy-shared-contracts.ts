import { type Address, concat, encodeAbiParameters, type Hex, zeroHash } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { deploymentFactory, sharedContracts } from '#contracts/generated/shared-contracts.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

export type SharedContract = keyof typeof sharedContracts

/** A contract that serves all of a chain. */
export interface SharedContractState {
  readonly name: SharedContract
  /** The same on every chain: it follows from the contract's code. */
  readonly address: Address
  readonly isDeployed: boolean
}

/** Which of the shared contracts stand on this chain. @throws CHAIN_UNREACHABLE */
export async function readSharedContracts(chain: ChainReader): Promise<SharedContractState[]> {
  const names = Object.keys(sharedContracts) as SharedContract[]
  return Promise.all(
    names.map(async (name) => {
      const { address } = sharedContracts[name]
      return { name, address, isDeployed: await hasCode(chain, address) }
    }),
  )
}

/**
 * Deploys the shared contracts that do not stand yet, through the factory that puts the same code at the same
 * address on every chain (CREATE2). Whoever sends it has no more power over them than anyone.
 *
 * @returns the gas that each deployment took; 0 for what stood before
 * @throws CHAIN_REJECTED where the chain has no such factory; CHAIN_UNREACHABLE
 */
export async function deploySharedContracts(
  chain: ChainWriter,
): Promise<(SharedContractState & { readonly gasUsed: bigint })[]> {
  if (!(await hasCode(chain, deploymentFactory))) {
    throw new ZkserveError('CHAIN_REJECTED', `the chain has no deployment factory at ${deploymentFactory}`, {
      hints: ['deploy github.com/Arachnid/deterministic-deployment-proxy by its signed transaction first'],
    })
  }
  const deployed = []
  for (const { name, address, isDeployed } of await readSharedContracts(chain)) {
    const gasUsed = isDeployed ? 0n : await deployShared(chain, name)
    deployed.push({ name, address, isDeployed: true, gasUsed })
  }
  return deployed
}

async function deployShared(chain: ChainWriter, name: SharedContract): Promise<bigint> {
  const data = concat([zeroHash, creationCode(name)])
  try {
    return (await sendTransaction(chain, { to: deploymentFactory, data })).gasUsed
  } catch (error) {
    // Somebody else may have been quicker: it is the same contract.
    if (await hasCode(chain, sharedContracts[name].address)) return 0n
    throw error
  }
}

function creationCode(name: SharedContract): Hex {
  const { bytecode, dependencies } = sharedContracts[name]
  const addresses = dependencies.map((dependency) => sharedContracts[dependency].address)
  const types = addresses.map(() => ({ type: 'address' }))
  return concat([bytecode, encodeAbiParameters(types, addresses)])
}

async function hasCode({ client }: ChainReader, address: Address): Promise<boolean> {
  const code = await client.getCode({ address }).catch((error: unknown) => {
    throw toChainError(error)
  })
  return code !== undefined
}
