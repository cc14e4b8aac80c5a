import { type Address, encodeAbiParameters, type Hex, keccak256, stringToHex } from 'viem'

/** A version of a model, wherever it is registered. */
export interface VersionName {
  readonly chainId: number
  readonly registry: Address
  readonly modelId: bigint
  readonly version: number
}

const tag = keccak256(stringToHex('zkserve model version'))

/** The subject that stands for a version in provenance records; the contract's `subjectOf`. */
export function versionSubject({ chainId, registry, modelId, version }: VersionName): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'bytes32' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'uint256' },
        { type: 'uint32' },
      ],
      [tag, BigInt(chainId), registry, modelId, version],
    ),
  )
}
