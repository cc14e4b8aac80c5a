import {
  BaseError,
  type DecodeErrorResultReturnType,
  decodeErrorResult,
  type Hex,
  HttpRequestError,
  isHex,
  RpcRequestError,
  TimeoutError,
} from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { accessGrantsAbi } from '#contracts/generated/AccessGrants.js'
import { agentIdentityRegistryAbi } from '#contracts/generated/AgentIdentityRegistry.js'
import { agenticCommerceAbi } from '#contracts/generated/AgenticCommerce.js'
import { agentValidationRegistryAbi } from '#contracts/generated/AgentValidationRegistry.js'
import { arenaAbi } from '#contracts/generated/Arena.js'
import { auditAnchorAbi } from '#contracts/generated/AuditAnchor.js'
import { cropInsuranceAbi } from '#contracts/generated/CropInsurance.js'
import { datasetRegistryAbi } from '#contracts/generated/DatasetRegistry.js'
import { familyGovernorAbi } from '#contracts/generated/FamilyGovernor.js'
import { familyTimelockAbi } from '#contracts/generated/FamilyTimelock.js'
import { federatedRoundsAbi } from '#contracts/generated/FederatedRounds.js'
import { generatedDigitsAbi } from '#contracts/generated/GeneratedDigits.js'
import { guardedPaymentsAbi } from '#contracts/generated/GuardedPayments.js'
import { guardedVaultAbi } from '#contracts/generated/GuardedVault.js'
import { guardianCouncilAbi } from '#contracts/generated/GuardianCouncil.js'
import { inferenceEvaluatorAbi } from '#contracts/generated/InferenceEvaluator.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { inferenceValidatorAbi } from '#contracts/generated/InferenceValidator.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import { linkedEvaluationsAbi } from '#contracts/generated/LinkedEvaluations.js'
import { lotTraceAbi } from '#contracts/generated/LotTrace.js'
import { modelFamilyAbi } from '#contracts/generated/ModelFamily.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { provenanceAbi } from '#contracts/generated/Provenance.js'
import { provenDiagnosisAbi } from '#contracts/generated/ProvenDiagnosis.js'
import { provenDigitAbi } from '#contracts/generated/ProvenDigit.js'
import { provenEvaluationsAbi } from '#contracts/generated/ProvenEvaluations.js'
import { proverPoolAbi } from '#contracts/generated/ProverPool.js'
import { hintFor } from '#service/chain/refusal-hints.js'

/** Errors of all contracts: one calls the other, and what it throws comes through. */
const errorsAbi = [
  ...modelRegistryAbi,
  ...inferenceVerifierAbi,
  ...provenDigitAbi,
  ...provenDiagnosisAbi,
  ...guardedPaymentsAbi,
  ...lotTraceAbi,
  ...guardedVaultAbi,
  ...auditAnchorAbi,
  ...inferenceOracleAbi,
  ...linkedEvaluationsAbi,
  ...arenaAbi,
  ...provenanceAbi,
  ...cropInsuranceAbi,
  ...generatedDigitsAbi,
  ...accessGrantsAbi,
  ...datasetRegistryAbi,
  ...provenEvaluationsAbi,
  ...modelFamilyAbi,
  ...proverPoolAbi,
  ...guardianCouncilAbi,
  ...familyGovernorAbi,
  ...familyTimelockAbi,
  ...agentIdentityRegistryAbi,
  ...agentValidationRegistryAbi,
  ...inferenceValidatorAbi,
  ...agenticCommerceAbi,
  ...inferenceEvaluatorAbi,
  ...federatedRoundsAbi,
].filter((entry) => entry.type === 'error')

/**
 * What a chain call threw as a {@link ZkserveError}.
 *
 * CHAIN_REJECTED: a contract or the node refused; `details.reason` is the contract error's name, or the node's
 * words, and `details.args` its arguments. CHAIN_UNREACHABLE: no answer. Anything else: INTERNAL.
 */
export function toChainError(error: unknown): ZkserveError {
  if (!(error instanceof BaseError)) return toZkserveError(error)
  const silent = error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError)
  if (silent)
    return new ZkserveError('CHAIN_UNREACHABLE', 'the RPC endpoint does not answer', { cause: error })
  const decoded = decodeRevert(error)
  if (decoded) {
    const args = (decoded.args ?? []).map(String)
    const message = `the contract refused: ${decoded.errorName}(${args.join(', ')})`
    return new ZkserveError('CHAIN_REJECTED', message, {
      ...hintFor(decoded.errorName),
      details: { reason: decoded.errorName, args },
      cause: error,
    })
  }
  const refused = error.walk((cause) => cause instanceof RpcRequestError)
  const reason = refused instanceof RpcRequestError ? refused.details : error.shortMessage
  return new ZkserveError('CHAIN_REJECTED', `the chain refused: ${reason}`, {
    ...hintFor(reason),
    details: { reason },
    cause: error,
  })
}

function decodeRevert(error: BaseError): DecodeErrorResultReturnType<typeof errorsAbi> | undefined {
  let data: Hex | undefined
  error.walk((cause) => {
    const found = revertData(cause)
    if (found) data = found
    return found !== undefined
  })
  if (!data) return undefined
  try {
    return decodeErrorResult({ abi: errorsAbi, data })
  } catch {
    return undefined
  }
}

/** viem keeps revert bytes under `raw` or `data`, plain or one level down, depending on the call. */
function revertData(cause: unknown): Hex | undefined {
  const { raw, data } = (cause ?? {}) as { raw?: unknown; data?: unknown }
  const nested = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : undefined
  return [raw, data, nested].find((value): value is Hex => isHex(value) && value.length >= 10)
}
