import type { Address } from 'viem'
import { generatedDigitsAbi, generatedDigitsBytecode } from '#contracts/generated/GeneratedDigits.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

export interface GeneratedDigitsTerms {
  readonly verifier: Address
  /** The generator: public inputs, eight integers of 8 bits; outputs 0 to 255, one a pixel. */
  readonly modelId: bigint
  readonly version: number
  /** Width and height of its pictures, in pixels; 28 by default. */
  readonly side?: number
  /** How old a claim must be, in seconds: longer than a mint may be pending. 120 by default. */
  readonly claimDelay?: number
}

/** Deploys a GeneratedDigits for one version of one model. @throws CHAIN_REJECTED with reason VersionUnfit */
export function deployGeneratedDigits(
  chain: ChainWriter,
  { verifier, modelId, version, side = 28, claimDelay = 120 }: GeneratedDigitsTerms,
): Promise<DeployedContract> {
  const terms = [verifier, modelId, version, side, claimDelay]
  return deployContract(chain, generatedDigitsAbi, generatedDigitsBytecode, terms)
}
