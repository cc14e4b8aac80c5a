import { keccak256 } from 'viem'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { type Deployment, deployContracts } from '#service/chain/deploy-contracts.js'
import { deployProvenDigit } from '#service/chain/deploy-proven-digit.js'
import { type RegisteredModel, registerModel } from '#service/chain/register-model.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { fixtures } from './fixtures.js'

/** A chain with the contracts where the fixtures' proofs expect them. */
export interface DeployedChain {
  readonly anvil: Anvil
  readonly deployer: ChainWriter
  readonly consumer: ChainWriter
  readonly deployment: Deployment
  readonly model: RegisteredModel
  readonly provenDigit: `0x${string}`
}

export async function deployedChain(): Promise<DeployedChain> {
  const anvil = await startAnvil()
  const [deployer, consumer] = await Promise.all(
    anvil.privateKeys.slice(0, 2).map((privateKey) => connectChain({ rpcUrl: anvil.rpcUrl, privateKey })),
  )
  const deployment = await deployContracts(deployer!)
  const model = await registerModel(deployer!, {
    registry: deployment.registry,
    name: 'digits',
    modelHash: keccak256('0x01'),
    circuitHash: keccak256('0x02'),
    verificationKey: fixtures.verificationKey,
    setup: { kind: 'development' },
  })
  const { modelId, version } = model
  const digit = await deployProvenDigit(deployer!, { verifier: deployment.verifier, modelId, version })
  return { anvil, deployer: deployer!, consumer: consumer!, deployment, model, provenDigit: digit.address }
}
