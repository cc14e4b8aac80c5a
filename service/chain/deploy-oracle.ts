import type { Address } from 'viem'
import { inferenceOracleAbi, inferenceOracleBytecode } from '#contracts/generated/InferenceOracle.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

/** Deploys an InferenceOracle for the models of the verifier's registry. */
export function deployOracle(
  chain: ChainWriter,
  { verifier }: { verifier: Address },
): Promise<DeployedContract> {
  return deployContract(chain, inferenceOracleAbi, inferenceOracleBytecode, [verifier])
}
