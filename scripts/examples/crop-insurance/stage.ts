import { type Address, createTestClient, type Hex, http, parseEther } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { wrappedEtherAbi, wrappedEtherBytecode } from '#contracts/generated/WrappedEther.js'
import type { Bundle } from '#prover/bundle/load.js'
import {
  deployInsurance,
  type Insurance,
  type Terms,
  wrapEther,
} from '#scripts/examples/crop-insurance/contracts.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Stage, setStage } from '#service/demo/stage.js'

/** A policy and who bought it. */
export interface Policy {
  readonly policyId: bigint
  readonly plot: Hex
  readonly holder: ChainWriter
}

/** One season: its contracts, everybody who takes part, and a service that proves. */
export interface Season extends Stage, Insurance {
  readonly oracle: Address
  readonly terms: Terms
  /** Puts money into the pool. */
  readonly provider: ChainWriter
  readonly farmers: readonly [ChainWriter, ChainWriter]
  /** Answers the oracle's requests, for a fee. */
  readonly prover: ChainWriter
  readonly station: PrivateKeyAccount
  /** Gas by what it was spent on. */
  readonly costs: ReadonlyMap<string, bigint>
  /** Notes the gas of a step. */
  spend(what: string, transaction: { readonly gasUsed: bigint }): void
  /** Moves the chain's clock to so many seconds since 1970. */
  passTo(time: number): Promise<void>
}

const day = 86_400

/** Sets up a chain, a service and a season that starts in a month. A probability of `covered` or more is paid. */
export async function setSeason(bundle: Bundle, covered: number): Promise<Season> {
  const stage = await setStage([bundle], { port: 0 })
  try {
    const { chain, rpcUrl, verifier, registered } = stage
    const [model] = registered
    const station = privateKeyToAccount(generatePrivateKey())
    const newcomer = async (): Promise<ChainWriter> => {
      const writer = await connectChain({ rpcUrl, privateKey: generatePrivateKey() })
      await sendTransaction(chain, { to: writer.account.address, data: '0x', value: parseEther('120') })
      return writer
    }
    const oracle = await deployOracle(chain, { verifier })
    const asset = await deployContract(chain, wrappedEtherAbi, wrappedEtherBytecode, [])
    const { timestamp } = await chain.client.getBlock()
    const start = Number(timestamp) + 30 * day
    const terms = {
      modelId: model!.modelId,
      version: model!.version,
      threshold: thresholdOf(bundle, covered),
      premiumRate: 1200,
      salesEnd: start,
      seasonStart: start,
      seasonEnd: start + 120 * day,
      claimsEnd: start + 180 * day,
      station: station.address,
    }
    const deployed = await deployInsurance(chain, { asset: asset.address, oracle: oracle.address, terms })
    const insurance = { insurance: deployed.address, asset: asset.address }
    const provider = await newcomer()
    const farmers = [await newcomer(), await newcomer()] as const
    await wrapEther(provider, insurance, parseEther('100'))
    for (const farmer of farmers) await wrapEther(farmer, insurance, parseEther('5'))
    const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
    const costs = new Map([
      ['deploy oracle', oracle.gasUsed],
      ['deploy insurance', deployed.gasUsed],
    ])
    return {
      ...stage,
      ...insurance,
      oracle: oracle.address,
      terms,
      provider,
      farmers,
      prover: await newcomer(),
      station,
      costs,
      spend: (what, { gasUsed }) => void costs.set(what, gasUsed),
      passTo: async (time) => {
        await clock.setNextBlockTimestamp({ timestamp: BigInt(time) })
        await clock.mine({ blocks: 1 })
      },
    }
  } catch (error) {
    await stage.close()
    throw error
  }
}
