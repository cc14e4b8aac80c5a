import { type Address, encodePacked, type Hex, keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'

/** What a station says about a policy's plot and season. */
export interface Weather {
  readonly chainId: number
  readonly insurance: Address
  readonly policyId: bigint
  readonly plot: Hex
  /** Seconds since 1970. */
  readonly seasonStart: number
  readonly seasonEnd: number
  /** The public signals that stand for the features. */
  readonly input: readonly bigint[]
}

const types = {
  Attestation: [
    { name: 'policyId', type: 'uint256' },
    { name: 'plot', type: 'bytes32' },
    { name: 'seasonStart', type: 'uint48' },
    { name: 'seasonEnd', type: 'uint48' },
    { name: 'inputHash', type: 'bytes32' },
  ],
} as const

/** Signs the weather for one policy of one contract on one chain (EIP-712). */
export function attestWeather(station: PrivateKeyAccount, weather: Weather): Promise<Hex> {
  const { chainId, insurance, input, ...policy } = weather
  return station.signTypedData({
    domain: { name: 'CropInsurance', version: '1', chainId, verifyingContract: insurance },
    types,
    primaryType: 'Attestation',
    message: { ...policy, inputHash: keccak256(encodePacked(['uint256[]'], [input])) },
  })
}
