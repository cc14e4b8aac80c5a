import { type Address, type Hex, hashTypedData } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'

/** A ProvenDiagnosis on a chain, for which laboratory and patients sign. */
export interface DiagnosisContract {
  readonly chainId: number
  readonly diagnosis: Address
}

/** The contract's struct `Consent`. */
export interface Consent {
  /** Commitment to the record. */
  readonly record: Hex
  readonly patient: Address
  readonly clinic: Address
  /** Seconds since 1970. */
  readonly deadline: number
  readonly number: bigint
}

const types = {
  Consent: [
    { name: 'record', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'clinic', type: 'address' },
    { name: 'deadline', type: 'uint48' },
    { name: 'number', type: 'uint256' },
  ],
  Record: [
    { name: 'record', type: 'bytes32' },
    { name: 'patient', type: 'address' },
  ],
} as const

/** The id of a consent, which is the nonce that a proof must name. */
export function consentIdOf(contract: DiagnosisContract, message: Consent): Hex {
  return hashTypedData({ domain: domainOf(contract), types, primaryType: 'Consent', message })
}

export function signConsent(
  patient: PrivateKeyAccount,
  contract: DiagnosisContract,
  message: Consent,
): Promise<Hex> {
  return patient.signTypedData({ domain: domainOf(contract), types, primaryType: 'Consent', message })
}

/** The laboratory's word that a record is a patient's. */
export function signRecord(
  laboratory: PrivateKeyAccount,
  contract: DiagnosisContract,
  message: { readonly record: Hex; readonly patient: Address },
): Promise<Hex> {
  return laboratory.signTypedData({ domain: domainOf(contract), types, primaryType: 'Record', message })
}

function domainOf({ chainId, diagnosis }: DiagnosisContract) {
  return { name: 'ProvenDiagnosis', version: '1', chainId, verifyingContract: diagnosis }
}
