import { type Address, createTestClient, http, parseEther } from 'viem'
import { createProver } from '#prover/backends/create-prover.js'
import type { RoundCircuit } from '#prover/federated/circuit.js'
import type { Prover } from '#prover/prover.js'
import { fundAccount } from '#scripts/examples/fund-account.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployPoseidon } from '#service/chain/federated/deploy-poseidon.js'
import { deployFederatedRounds, registrationOfRounds } from '#service/chain/federated/deploy-rounds.js'
import { joinFederation } from '#service/chain/federated/member.js'
import { registerModel } from '#service/chain/register-model.js'
import { startAnvil } from '#service/chain/start-anvil.js'

/** What the example's federation asks for, in wei. */
export const amounts = {
  stake: parseEther('1'),
  bond: parseEther('2'),
  dropPenalty: parseEther('0.25'),
  reward: parseEther('0.5'),
} as const

/** Seconds of each of a round's four periods, and how far beyond one the clock is moved. */
const [period, beyond] = [3600, 60]

/** A chain with a federation whose members have joined, and somebody to prove its rounds. */
export interface FederationStage {
  readonly coordinator: ChainWriter
  /** By slot. */
  readonly members: readonly ChainWriter[]
  readonly verifier: Address
  readonly rounds: Address
  readonly circuit: RoundCircuit
  readonly prover: Prover
  /** Gas by what it was spent on; of a repeated step, the last. */
  readonly costs: ReadonlyMap<string, bigint>
  spend(what: string, transaction: { readonly gasUsed: bigint }): void
  /** Moves the chain's clock on by so many periods of a round. */
  passPeriods(count: number): Promise<void>
  close(): Promise<void>
}

/** Starts anvil, registers the circuit, deploys, and has all members join. @param weights the commitment to the first */
export async function setFederationStage(circuit: RoundCircuit, weights: bigint): Promise<FederationStage> {
  const anvil = await startAnvil()
  const prover = createProver()
  const close = async () => {
    await prover.close()
    await anvil.stop()
  }
  try {
    const { rpcUrl, privateKeys } = anvil
    const coordinator = await connectChain({ rpcUrl, privateKey: privateKeys[0]! })
    const members: ChainWriter[] = []
    for (let slot = 0; slot < circuit.rules.members; slot++) {
      members.push((await fundAccount(coordinator, rpcUrl, parseEther('10'))).account)
    }
    const { registry, verifier } = await deployContracts(coordinator)
    const model = await registerModel(coordinator, registrationOfRounds(circuit, registry))
    const poseidon = await deployPoseidon(coordinator)
    const { reward: _, ...due } = amounts
    const deployed = await deployFederatedRounds(coordinator, {
      verifier,
      poseidon: poseidon.address,
      rules: circuit.rules,
      members: members.map(({ account }) => account.address),
      terms: {
        ...due,
        modelId: model.modelId,
        version: model.version,
        coordinator: coordinator.account.address,
        commitPeriod: period,
        handoverPeriod: period,
        revealPeriod: period,
        provePeriod: period,
        weights,
      },
    })
    const rounds = deployed.address
    for (const member of members) await joinFederation(member, { rounds, value: amounts.stake })
    const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
    const costs = new Map([
      ['register the circuit', model.transaction.gasUsed],
      ['deploy Poseidon', poseidon.gasUsed],
      ['deploy the rounds', deployed.gasUsed],
    ])
    return {
      ...{ coordinator, members, verifier, rounds, circuit, prover, costs, close },
      spend: (what, { gasUsed }) => void costs.set(what, gasUsed),
      passPeriods: async (count) => {
        await clock.increaseTime({ seconds: count * (period + beyond) })
        await clock.mine({ blocks: 1 })
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
