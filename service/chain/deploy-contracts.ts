import type { Address } from 'viem'
import { inferenceVerifierAbi, inferenceVerifierBytecode } from '#contracts/generated/InferenceVerifier.js'
import { modelRegistryAbi, modelRegistryBytecode } from '#contracts/generated/ModelRegistry.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'

/** Where the contracts that all models share stand. */
export interface Deployment {
  readonly registry: Address
  readonly verifier: Address
  /** Gas used by each deployment. */
  readonly gasUsed: { readonly registry: bigint; readonly verifier: bigint }
}

/** Deploys a ModelRegistry and an InferenceVerifier over it. */
export async function deployContracts(chain: ChainWriter): Promise<Deployment> {
  const registry = await deployContract(chain, modelRegistryAbi, modelRegistryBytecode, [])
  const verifier = await deployContract(chain, inferenceVerifierAbi, inferenceVerifierBytecode, [
    registry.address,
  ])
  return {
    registry: registry.address,
    verifier: verifier.address,
    gasUsed: { registry: registry.gasUsed, verifier: verifier.gasUsed },
  }
}
