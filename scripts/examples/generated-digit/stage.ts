import type { Address } from 'viem'
import type { Bundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployGeneratedDigits } from '#service/chain/deploy-generated-digits.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { startAnvil } from '#service/chain/start-anvil.js'

/** A chain with a generator's tokens, and two accounts. */
export interface GeneratorStage {
  readonly minter: ChainWriter
  readonly rival: ChainWriter
  readonly verifier: Address
  readonly generatedDigits: Address
  /** Gas by what it was spent on. */
  readonly gas: Readonly<Record<'register model' | 'deploy tokens', bigint>>
  stop(): Promise<void>
}

/** Starts anvil, deploys, and registers the generator. @param claimDelay in seconds */
export async function setGeneratorStage(bundle: Bundle, claimDelay: number): Promise<GeneratorStage> {
  const anvil = await startAnvil()
  try {
    const connect = (index: number) =>
      connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[index]! })
    const [owner, minter, rival] = [await connect(0), await connect(1), await connect(2)]
    const { registry, verifier } = await deployContracts(owner)
    const model = await registerModel(owner, registrationOf(bundle, registry))
    const terms = { verifier, modelId: model.modelId, version: model.version, claimDelay }
    const deployed = await deployGeneratedDigits(owner, terms)
    return {
      minter,
      rival,
      verifier,
      generatedDigits: deployed.address,
      gas: { 'register model': model.transaction.gasUsed, 'deploy tokens': deployed.gasUsed },
      stop: () => anvil.stop(),
    }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}
