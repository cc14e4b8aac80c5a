import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenDiagnosisAbi, provenDiagnosisBytecode } from '#contracts/generated/ProvenDiagnosis.js'
import type { Consent } from '#scripts/examples/diagnosis/consent.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'

/** The contract's enum `Status`, in its order. */
const statuses = ['none', 'asked', 'below', 'above', 'withdrawn'] as const

export type ConsentStatus = (typeof statuses)[number]

export interface DiagnosisTerms {
  readonly verifier: Address
  readonly modelId: bigint
  readonly version: number
  readonly laboratory: Address
}

/** Deploys a ProvenDiagnosis. @throws CHAIN_REJECTED (ModelUnsuitable), CHAIN_UNREACHABLE */
export function deployDiagnosis(chain: ChainWriter, terms: DiagnosisTerms): Promise<DeployedContract> {
  const { verifier, modelId, version, laboratory } = terms
  return deployContract(chain, provenDiagnosisAbi, provenDiagnosisBytecode, [
    ...[verifier, modelId, version, laboratory],
  ])
}

/** A consent with the two signatures that it needs. */
export interface SignedConsent {
  readonly consent: Consent
  readonly laboratorySignature: Hex
  readonly patientSignature: Hex
}

/** Asks as the clinic. @throws CHAIN_REJECTED: NotClinic, ConsentNotSigned, RecordNotAttested, ConsentNotReady, … */
export function askFinding(
  clinic: ChainWriter,
  diagnosis: Address,
  { consent, laboratorySignature, patientSignature }: SignedConsent,
): Promise<SentTransaction> {
  const args = [consent, laboratorySignature, patientSignature] as const
  const data = encodeFunctionData({ abi: provenDiagnosisAbi, functionName: 'ask', args })
  return sendTransaction(clinic, { to: diagnosis, data })
}

/** Takes a consent back as its patient. @throws CHAIN_REJECTED: NotPatient, ConsentNotReady */
export function withdrawConsent(patient: ChainWriter, diagnosis: Address, consent: Consent) {
  const data = encodeFunctionData({
    abi: provenDiagnosisAbi,
    functionName: 'withdrawConsent',
    args: [consent],
  })
  return sendTransaction(patient, { to: diagnosis, data })
}

/**
 * Delivers a proven finding.
 * @throws CHAIN_REJECTED: ConsentNotReady (replayed, withdrawn), WrongRecord, InvalidProof, …
 */
export async function deliverFinding(
  chain: ChainWriter,
  diagnosis: Address,
  inference: Inference,
): Promise<{ readonly above: boolean; readonly transaction: SentTransaction }> {
  const data = encodeFunctionData({ abi: provenDiagnosisAbi, functionName: 'deliver', args: [inference] })
  const transaction = await sendTransaction(chain, { to: diagnosis, data })
  const { logs } = transaction.receipt
  const [found] = parseEventLogs({ abi: provenDiagnosisAbi, eventName: 'FindingRecorded', logs })
  if (!found) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the finding')
  return { above: found.args.above, transaction }
}

export async function consentStatus(
  { client }: ChainReader,
  diagnosis: Address,
  consentId: Hex,
): Promise<ConsentStatus> {
  const status = await client.readContract({
    ...{ address: diagnosis, abi: provenDiagnosisAbi, functionName: 'statusOf', args: [consentId] },
  })
  return statuses[status]!
}
