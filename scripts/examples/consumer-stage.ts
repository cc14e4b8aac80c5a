import { type Address, createTestClient, http, parseEther } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import { proveInference } from '#prover/prove.js'
import { fundAccount } from '#scripts/examples/fund-account.js'
import { sayCosts } from '#scripts/examples/say-costs.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import type { Say } from '#service/demo/options.js'

/** A person with an account that sends and signs. */
export interface Person extends ChainWriter {
  readonly signer: PrivateKeyAccount
}

/** A chain with one registered model, for the example of a contract that consumes its answers. */
export interface ConsumerStage {
  /** Deploys and owns the model. */
  readonly chain: ChainWriter
  readonly people: readonly Person[]
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  /** Proves an answer for a contract and one of its nonces. @param features the only input, or all by name */
  prove(
    features: FloatTensor | ReadonlyMap<string, FloatTensor>,
    binding: { readonly requester: Address; readonly nonce: bigint; readonly salt?: bigint },
  ): Promise<Inference>
  /** Notes the gas of a step. */
  spend(what: string, transaction: { readonly gasUsed: bigint }): void
  sayCosts(say: Say): void
  /** Moves the chain's clock on. */
  pass(seconds: number): Promise<void>
  /** The chain's clock, in seconds since 1970. */
  now(): Promise<number>
  close(): Promise<void>
}

/** Starts anvil, deploys, registers. @param count of people, who have 100 ether each */
export async function setConsumerStage(bundle: Bundle, count: number): Promise<ConsumerStage> {
  const anvil = await startAnvil()
  const prover = createProver()
  const close = async () => {
    await prover.close()
    await anvil.stop()
  }
  try {
    const { rpcUrl, privateKeys } = anvil
    const chain = await connectChain({ rpcUrl, privateKey: privateKeys[0]! })
    const people: Person[] = []
    for (let k = 0; k < count; k++) {
      const { account, privateKey } = await fundAccount(chain, rpcUrl, parseEther('100'))
      people.push({ ...account, signer: privateKeyToAccount(privateKey) })
    }
    const { registry, verifier } = await deployContracts(chain)
    const model = await registerModel(chain, registrationOf(bundle, registry))
    const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
    const costs = new Map([['register the model', model.transaction.gasUsed]])
    const name = bundle.model.inputs[0]!.name
    return {
      ...{ chain, people, verifier, modelId: model.modelId, version: model.version, close },
      prove: async (features, { requester, nonce, salt }) => {
        const context = { chainId: chain.chainId, verifier, requester, nonce }
        const options = salt === undefined ? { context } : { context, salt }
        const inputs = 'shape' in features ? new Map([[name, features]]) : features
        const proven = await proveInference(bundle, prover, inputs, options)
        return encodeProofCalldata({ ...proven, requester, nonce })
      },
      spend: (what, { gasUsed }) => void costs.set(what, gasUsed),
      sayCosts: (say) => sayCosts(costs, say),
      pass: async (seconds) => {
        await clock.increaseTime({ seconds })
        await clock.mine({ blocks: 1 })
      },
      now: async () => Number((await chain.client.getBlock()).timestamp),
    }
  } catch (error) {
    await close()
    throw error
  }
}
