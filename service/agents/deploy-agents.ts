import type { Address } from 'viem'
import {
  agentIdentityRegistryAbi,
  agentIdentityRegistryBytecode,
} from '#contracts/generated/AgentIdentityRegistry.js'
import { agenticCommerceAbi, agenticCommerceBytecode } from '#contracts/generated/AgenticCommerce.js'
import {
  agentValidationRegistryAbi,
  agentValidationRegistryBytecode,
} from '#contracts/generated/AgentValidationRegistry.js'
import { inferenceEvaluatorAbi, inferenceEvaluatorBytecode } from '#contracts/generated/InferenceEvaluator.js'
import { inferenceValidatorAbi, inferenceValidatorBytecode } from '#contracts/generated/InferenceValidator.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'

/** What agents meet on. */
export interface AgentContracts {
  readonly verifier: Address
  /** The ERC-20 that jobs are paid with. */
  readonly token: Address
  /** ERC-8183 escrow, and the evaluator of its jobs. */
  readonly commerce: Address
  readonly evaluator: Address
  /** ERC-8004 registries, and the validator that answers with proofs. */
  readonly identities: Address
  readonly validations: Address
  readonly validator: Address
}

/** Deploys escrow, evaluator, registries and validator; on chains with canonical registries, those do instead. */
export async function deployAgents(
  chain: ChainWriter,
  { verifier, token }: Pick<AgentContracts, 'verifier' | 'token'>,
): Promise<AgentContracts> {
  const commerce = await deployContract(chain, agenticCommerceAbi, agenticCommerceBytecode, [token])
  const evaluator = await deployContract(chain, inferenceEvaluatorAbi, inferenceEvaluatorBytecode, [
    verifier,
    commerce.address,
  ])
  const identities = await deployContract(chain, agentIdentityRegistryAbi, agentIdentityRegistryBytecode, [])
  const validations = await deployContract(
    chain,
    agentValidationRegistryAbi,
    agentValidationRegistryBytecode,
    [identities.address],
  )
  const validator = await deployContract(chain, inferenceValidatorAbi, inferenceValidatorBytecode, [
    verifier,
    validations.address,
  ])
  return {
    verifier,
    token,
    commerce: commerce.address,
    evaluator: evaluator.address,
    identities: identities.address,
    validations: validations.address,
    validator: validator.address,
  }
}
