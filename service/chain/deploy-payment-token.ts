import type { Address } from 'viem'
import { paymentTokenAbi, paymentTokenBytecode } from '#contracts/generated/PaymentToken.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

export interface PaymentTokenOptions {
  /** Also the name of its EIP-712 domain, whose version is 1. */
  readonly name: string
  readonly symbol: string
  /** In millionths of a token; all that there will ever be. */
  readonly supply: bigint
  readonly holder: Address
}

/** Deploys a token with EIP-3009, for chains that have none. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export function deployPaymentToken(
  chain: ChainWriter,
  { name, symbol, supply, holder }: PaymentTokenOptions,
): Promise<DeployedContract> {
  return deployContract(chain, paymentTokenAbi, paymentTokenBytecode, [name, symbol, supply, holder])
}
