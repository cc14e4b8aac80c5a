import type { Address } from 'viem'
import { provenDigitAbi, provenDigitBytecode } from '#contracts/generated/ProvenDigit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

/** Deploys a ProvenDigit that trusts one version of one model. */
export function deployProvenDigit(
  chain: ChainWriter,
  { verifier, modelId, version }: { verifier: Address; modelId: bigint; version: number },
): Promise<DeployedContract> {
  return deployContract(chain, provenDigitAbi, provenDigitBytecode, [verifier, modelId, version])
}
