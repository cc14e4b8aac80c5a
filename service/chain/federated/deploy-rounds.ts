import type { Address } from 'viem'
import type { RoundRules } from '#circuits/federated/rules.js'
import { federatedRoundsAbi, federatedRoundsBytecode } from '#contracts/generated/FederatedRounds.js'
import { sha256 } from '#prover/bundle/files.js'
import type { RoundCircuit } from '#prover/federated/circuit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { ModelRegistration } from '#service/chain/register-model.js'

/** What is fixed at deployment beside the circuit's rules; amounts in wei, periods in seconds. */
export interface FederationTerms {
  readonly modelId: bigint
  readonly version: number
  readonly coordinator: Address
  readonly stake: bigint
  readonly bond: bigint
  readonly dropPenalty: bigint
  readonly commitPeriod: number
  readonly handoverPeriod: number
  readonly revealPeriod: number
  readonly provePeriod: number
  /** The commitment to the first weights. */
  readonly weights: bigint
}

/** What a registry is told of a round's circuit. The key is a development key. */
export function registrationOfRounds(circuit: RoundCircuit, registry: Address): ModelRegistration {
  const { rules, circuitHash, verificationKey } = circuit
  return {
    registry,
    name: 'federated rounds',
    modelHash: `0x${sha256(new TextEncoder().encode(JSON.stringify(rules)))}`,
    circuitHash: `0x${circuitHash}`,
    verificationKey,
    inputSignals: 1 + rules.members,
    setup: { kind: 'development' },
  }
}

/** Deploys the rounds of one federation. @throws CHAIN_REJECTED (TermsInvalid), CHAIN_UNREACHABLE */
export function deployFederatedRounds(
  chain: ChainWriter,
  federation: {
    readonly verifier: Address
    readonly poseidon: Address
    readonly rules: RoundRules
    readonly terms: FederationTerms
    /** By slot. */
    readonly members: readonly Address[]
  },
): Promise<DeployedContract> {
  const { verifier, poseidon, rules, terms, members } = federation
  const { size, updateBits, clipBits, weightBits } = rules
  const sizes = { size, updateBits, clipBits, weightBits }
  return deployContract(chain, federatedRoundsAbi, federatedRoundsBytecode, [
    verifier,
    poseidon,
    { ...terms, sizes },
    members,
  ])
}
