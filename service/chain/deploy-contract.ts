import { type Abi, type Address, encodeDeployData, getAddress, type Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { sendTransaction } from '#service/chain/send-transaction.js'

export interface DeployedContract {
  readonly address: Address
  readonly gasUsed: bigint
}

/** Deploys one contract from its creation code. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function deployContract(
  chain: ChainWriter,
  abi: Abi,
  bytecode: Hex,
  args: readonly unknown[],
): Promise<DeployedContract> {
  const { receipt, gasUsed } = await sendTransaction(chain, {
    data: encodeDeployData({ abi, bytecode, args }),
  })
  if (!receipt.contractAddress) throw new ZkserveError('CHAIN_REJECTED', 'the deployment made no contract')
  return { address: getAddress(receipt.contractAddress), gasUsed }
}
