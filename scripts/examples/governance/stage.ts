import { type Address, createTestClient, http, parseEther } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { provenEvaluationsAbi, provenEvaluationsBytecode } from '#contracts/generated/ProvenEvaluations.js'
import type { Bundle } from '#prover/bundle/load.js'
import {
  type Candidate,
  contentHashOf,
  delegateToSelf,
  deployCouncil,
  deployGovernment,
  type Government,
} from '#scripts/examples/governance/contracts.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { encodePublication } from '#service/chain/encode-publication.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { startAnvil } from '#service/chain/start-anvil.js'

/** A chain under government, before there is a family. */
export interface GovernedStage {
  readonly chain: ChainWriter
  readonly verifier: Address
  readonly registry: Address
  readonly evaluations: Address
  readonly oracle: Address
  readonly government: Government
  readonly council: Address
  /** A vote each; two of them decide. */
  readonly voters: readonly [ChainWriter, ChainWriter, ChainWriter]
  /** Two of these three deprecate. */
  readonly guardians: readonly [ChainWriter, ChainWriter, ChainWriter]
  /** Publishes candidates. */
  readonly publisher: ChainWriter
  /** Gas by what it was spent on. */
  readonly costs: Map<string, bigint>
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

export async function setGovernedStage(): Promise<GovernedStage> {
  const anvil = await startAnvil()
  try {
    const { rpcUrl, privateKeys } = anvil
    const chain = await connectChain({ rpcUrl, privateKey: privateKeys[0]! })
    const newcomer = async (): Promise<ChainWriter> => {
      const writer = await connectChain({ rpcUrl, privateKey: generatePrivateKey() })
      await sendTransaction(chain, { to: writer.account.address, data: '0x', value: parseEther('10') })
      return writer
    }
    const publisher = await newcomer()
    const voters = [await newcomer(), await newcomer(), await newcomer()] as const
    const guardians = [await newcomer(), await newcomer(), await newcomer()] as const
    const addressOf = ({ account }: ChainWriter) => account.address
    const { registry, verifier } = await deployContracts(chain)
    const evaluations = await deployContract(chain, provenEvaluationsAbi, provenEvaluationsBytecode, [
      verifier,
    ])
    const oracle = await deployOracle(chain, { verifier })
    const government = await deployGovernment(chain, voters.map(addressOf))
    for (const voter of voters) await delegateToSelf(voter, government)
    const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
    return {
      chain,
      verifier,
      registry,
      evaluations: evaluations.address,
      oracle: oracle.address,
      government,
      council: await deployCouncil(chain, guardians.map(addressOf), 2n),
      voters,
      guardians,
      publisher,
      costs: new Map(),
      pass: async (seconds) => {
        await clock.increaseTime({ seconds })
        await clock.mine({ blocks: 1 })
      },
      stop: () => anvil.stop(),
    }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

/** Publishes a bundle as a model of the publisher's own: a candidate. */
export async function publishCandidate(
  { publisher, registry }: GovernedStage,
  bundle: Bundle,
): Promise<Candidate> {
  const registration = registrationOf(bundle, registry)
  const { commitment, terms } = encodePublication(registration)
  const { modelId, version } = await registerModel(publisher, registration)
  return {
    modelId,
    version,
    contentHash: contentHashOf(commitment, terms),
  }
}
