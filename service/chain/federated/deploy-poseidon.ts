import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Hex } from 'viem'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'

/** Elements of the hash that FederatedRounds takes. */
const elements = 5

/**
 * Creation code of circomlib's Poseidon for five elements, as circomlibjs generates it. Loaded from the one file that
 * has it, for the reason that `loadPoseidon` gives, and only when it is asked for: it brings ethers along.
 */
export async function poseidonCode(): Promise<Hex> {
  const entry = createRequire(import.meta.url).resolve('circomlibjs')
  const file = pathToFileURL(join(dirname(entry), '..', 'src', 'poseidon_gencontract.js'))
  const { createCode }: { createCode(inputs: number): Hex } = await import(file.href)
  return createCode(elements)
}

/** Deploys the hash; FederatedRounds takes it from anybody, since it compares the code. @throws CHAIN_UNREACHABLE */
export async function deployPoseidon(chain: ChainWriter): Promise<DeployedContract> {
  return deployContract(chain, [], await poseidonCode(), [])
}
