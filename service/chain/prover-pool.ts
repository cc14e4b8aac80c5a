import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { proverPoolAbi, proverPoolBytecode } from '#contracts/generated/ProverPool.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** Calls that the pool's people send. */
type PoolCall = Exclude<ContractFunctionName<typeof proverPoolAbi, 'nonpayable' | 'payable'>, 'request'>

/** What a ProverPool is asked. */
export interface PoolQuestion {
  readonly modelId: bigint
  readonly version: number
  /** What a prover must be ready to lose, in wei. */
  readonly bond: bigint
  /** Seconds that it gets. */
  readonly window: number
  /** Last second at which an answer is accepted. */
  readonly deadline: number
  readonly input: readonly bigint[]
  /** For provers, of an input behind a commitment. It is public. */
  readonly data?: Hex
}

/** Deploys a pool. @param seconds of an epoch, and of unbonding */
export function deployPool(
  chain: ChainWriter,
  verifier: Address,
  seconds: { readonly epoch: number; readonly unbonding: number },
): Promise<DeployedContract> {
  return deployContract(chain, proverPoolAbi, proverPoolBytecode, [
    ...[verifier, BigInt(seconds.epoch), BigInt(seconds.unbonding)],
  ])
}

/** Calls the pool. @throws CHAIN_REJECTED with `details.reason`, CHAIN_UNREACHABLE */
export function callPool<Name extends PoolCall>(
  chain: ChainWriter,
  pool: Address,
  functionName: Name,
  args: ContractFunctionArgs<typeof proverPoolAbi, 'nonpayable' | 'payable', Name>,
  value = 0n,
): Promise<SentTransaction> {
  // viem cannot tell that a generic name and its arguments belong together.
  const call = { abi: proverPoolAbi, functionName, args } as unknown as EncodeFunctionDataParameters<
    typeof proverPoolAbi
  >
  const data = encodeFunctionData(call)
  return sendTransaction(chain, { to: pool, data, value })
}

/** Asks, and escrows the fee. @throws CHAIN_REJECTED with `details.reason`, CHAIN_UNREACHABLE */
export async function askPool(
  chain: ChainWriter,
  pool: Address,
  question: PoolQuestion,
  fee: bigint,
): Promise<{ readonly requestId: bigint; readonly transaction: SentTransaction }> {
  const { modelId, version, bond, window, deadline, input, data: hints = '0x' } = question
  const args = [{ modelId, version, bond, window, deadline, input, data: hints }] as const
  const data = encodeFunctionData({ abi: proverPoolAbi, functionName: 'request', args })
  const transaction = await sendTransaction(chain, { to: pool, data, value: fee })
  const { logs } = transaction.receipt
  const [requested] = parseEventLogs({ abi: proverPoolAbi, eventName: 'Requested', logs })
  if (!requested) throw new ZkserveError('CHAIN_REJECTED', 'the pool did not record the request')
  return { requestId: requested.args.requestId, transaction }
}
