import {
  type Address,
  bytesToHex,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  toHex,
  zeroHash,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { G1Point, VerificationKey } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import type { ArchitectureKey } from '#prover/weights/architecture.js'
import type { WeightCommitment } from '#prover/weights/commit.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { ensureArchitecture } from '#service/chain/ensure-architecture.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** What is registered of a model; a bundle's manifest gives all of it. */
export interface ModelRegistration {
  readonly registry: Address
  readonly name: string
  readonly modelHash: Hex
  readonly circuitHash: Hex
  readonly verificationKey: VerificationKey
  /** Public signals that stand for the input: 1 in mode `hashed`. */
  readonly inputSignals?: number
  readonly setup:
    | { readonly kind: 'development' }
    | { readonly kind: 'production'; readonly transcriptHash: Hex }
  /** With committed weights: the key is then made by the registry, after its span check. */
  readonly weights?: CommittedWeights
  /** Publishes the next version of this model, which the sender owns, instead of a new model. */
  readonly modelId?: bigint
  /** Off-chain metadata; a data URI with the name by default. */
  readonly uri?: string
}

/** An architecture and a commitment to weights. */
export interface CommittedWeights extends WeightCommitment {
  readonly architectureKey: ArchitectureKey
}

/** A model on chain. */
export interface RegisteredModel {
  readonly modelId: bigint
  readonly version: number
  readonly vkHash: Hex
  readonly transaction: SentTransaction
}

/** ERC-7992's id of Groth16 over BN254. */
const proofSystemId = keccak256(toHex('groth16-bn254-v1')).slice(0, 10) as Hex
const setupKinds = { development: 0, production: 1 } as const

/**
 * Registers a model with its key in one transaction, or its next version; the sender owns it. The architecture of
 * committed weights takes one more transaction, once for all versions.
 *
 * @throws INVALID_KEY if the key is malformed; CHAIN_REJECTED if the registry's lint refuses it.
 */
export async function registerModel(chain: ChainWriter, model: ModelRegistration): Promise<RegisteredModel> {
  const { registry, verificationKey, inputSignals = 1, setup } = model
  const key = encodeVerificationKey(verificationKey)
  const vkHash = keccak256(key)
  const commitment = {
    modelHash: model.modelHash,
    circuitHash: model.circuitHash,
    vkHash,
    proofSystemId,
    uri: model.uri ?? `data:application/json,${encodeURIComponent(JSON.stringify({ name: model.name }))}`,
  }
  const terms = {
    setup: setupKinds[setup.kind],
    transcriptHash: setup.kind === 'production' ? setup.transcriptHash : zeroHash,
    inputSignals,
    outputSignals: verificationKey.nPublic - inputSignals - 1,
  }
  if (terms.outputSignals < 1) {
    throw new ZkserveError(
      'INVALID_KEY',
      `a key of ${verificationKey.nPublic} public signals leaves none for outputs`,
    )
  }
  const call: PublishCall = { commitment, terms, modelId: model.modelId }
  const data = model.weights
    ? encodeCommitted(
        call,
        await ensureArchitecture(chain, registry, model.weights.architectureKey),
        model.weights,
      )
    : encodePlain(call, bytesToHex(key))
  const transaction = await sendTransaction(chain, { to: registry, data })
  const [published] = parseEventLogs({
    abi: modelRegistryAbi,
    eventName: 'VersionPublished',
    logs: transaction.receipt.logs,
  })
  if (!published) throw new ZkserveError('CHAIN_REJECTED', 'the registry did not publish a version')
  return { modelId: published.args.modelId, version: published.args.version, vkHash, transaction }
}

interface PublishCall {
  readonly commitment: {
    readonly modelHash: Hex
    readonly circuitHash: Hex
    readonly vkHash: Hex
    readonly proofSystemId: Hex
    readonly uri: string
  }
  readonly terms: {
    readonly setup: number
    readonly transcriptHash: Hex
    readonly inputSignals: number
    readonly outputSignals: number
  }
  readonly modelId: bigint | undefined
}

function encodePlain({ commitment, terms, modelId }: PublishCall, key: Hex): Hex {
  const abi = modelRegistryAbi
  return modelId === undefined
    ? encodeFunctionData({ abi, functionName: 'publishModel', args: [commitment, terms, key] })
    : encodeFunctionData({ abi, functionName: 'publishVersion', args: [modelId, commitment, terms, key] })
}

function encodeCommitted(
  { commitment, terms, modelId }: PublishCall,
  architectureId: Hex,
  { commitment: point, spanProof }: WeightCommitment,
): Hex {
  const abi = modelRegistryAbi
  const weights = { commitment: coordinatesOf(point), spanProof: coordinatesOf(spanProof) }
  const rest = [commitment, terms, architectureId, weights] as const
  return modelId === undefined
    ? encodeFunctionData({ abi, functionName: 'publishCommittedModel', args: rest })
    : encodeFunctionData({ abi, functionName: 'publishCommittedVersion', args: [modelId, ...rest] })
}

function coordinatesOf([x, y]: G1Point): readonly [bigint, bigint] {
  return [BigInt(x), BigInt(y)]
}
