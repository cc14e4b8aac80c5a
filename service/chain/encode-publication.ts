import { bytesToHex, encodeFunctionData, type Hex, keccak256, toHex, zeroHash } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import type { G1Point, VerificationKey } from '#prover/groth16.js'
import { encodeG2, encodeVerificationKey } from '#prover/key/encode.js'
import { type ArchitectureKey, architectureIdOf, spanPoint } from '#prover/weights/architecture.js'
import type { WeightCommitment } from '#prover/weights/commit.js'

/** What is published of a model; a bundle's manifest gives all of it. */
export interface PublishedModel {
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

/** A call of the registry, and what it says. */
export interface Publication {
  readonly functionName:
    | 'publishModel'
    | 'publishVersion'
    | 'publishCommittedModel'
    | 'publishCommittedVersion'
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
  /** The key's canonical bytes; null with committed weights. */
  readonly key: Hex | null
  /** With committed weights alone. */
  readonly architectureId: Hex | null
  readonly data: Hex
}

/** ERC-7992's id of Groth16 over BN254. */
const proofSystemId = keccak256(toHex('groth16-bn254-v1')).slice(0, 10) as Hex
const setupKinds = { development: 0, production: 1 } as const
const abi = modelRegistryAbi

/** The call that publishes a model or its next version. @throws ZkserveError `INVALID_KEY` */
export function encodePublication(model: PublishedModel): Publication {
  const { name, modelHash, circuitHash, verificationKey, inputSignals = 1, setup, weights, modelId } = model
  const key = encodeVerificationKey(verificationKey)
  const uri = model.uri ?? `data:application/json,${encodeURIComponent(JSON.stringify({ name }))}`
  const commitment = { modelHash, circuitHash, vkHash: keccak256(key), proofSystemId, uri }
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
  const said = { commitment, terms }
  if (weights === undefined) {
    const hex = bytesToHex(key)
    const functionName = modelId === undefined ? 'publishModel' : 'publishVersion'
    const data =
      modelId === undefined
        ? encodeFunctionData({ abi, functionName: 'publishModel', args: [commitment, terms, hex] })
        : encodeFunctionData({ abi, functionName: 'publishVersion', args: [modelId, commitment, terms, hex] })
    return { functionName, ...said, key: hex, architectureId: null, data }
  }
  const { architectureKey } = weights
  const architectureId = architectureIdOf(architectureKey.verificationKey, spanPoint(architectureKey))
  const points = {
    commitment: coordinatesOf(weights.commitment),
    spanProof: coordinatesOf(weights.spanProof),
  }
  const rest = [commitment, terms, architectureId, points] as const
  const functionName = modelId === undefined ? 'publishCommittedModel' : 'publishCommittedVersion'
  const data =
    modelId === undefined
      ? encodeFunctionData({ abi, functionName: 'publishCommittedModel', args: rest })
      : encodeFunctionData({ abi, functionName: 'publishCommittedVersion', args: [modelId, ...rest] })
  return { functionName, ...said, key: null, architectureId, data }
}

/** The call that publishes an architecture, once for all versions. */
export function encodeArchitecture(key: ArchitectureKey): Hex {
  return encodeFunctionData({
    abi,
    functionName: 'publishArchitecture',
    args: [bytesToHex(encodeVerificationKey(key.verificationKey)), bytesToHex(encodeG2(spanPoint(key)))],
  })
}

function coordinatesOf([x, y]: G1Point): readonly [bigint, bigint] {
  return [BigInt(x), BigInt(y)]
}
