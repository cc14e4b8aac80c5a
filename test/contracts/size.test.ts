import { expect, test } from 'vitest'
import { accessGrantsBytecode } from '#contracts/generated/AccessGrants.js'
import { agentIdentityRegistryBytecode } from '#contracts/generated/AgentIdentityRegistry.js'
import { agenticCommerceBytecode } from '#contracts/generated/AgenticCommerce.js'
import { agentValidationRegistryBytecode } from '#contracts/generated/AgentValidationRegistry.js'
import { arenaBytecode } from '#contracts/generated/Arena.js'
import { auditAnchorBytecode } from '#contracts/generated/AuditAnchor.js'
import { cropInsuranceBytecode } from '#contracts/generated/CropInsurance.js'
import { datasetRegistryBytecode } from '#contracts/generated/DatasetRegistry.js'
import { familyGovernorBytecode } from '#contracts/generated/FamilyGovernor.js'
import { familyTimelockBytecode } from '#contracts/generated/FamilyTimelock.js'
import { familyVotesBytecode } from '#contracts/generated/FamilyVotes.js'
import { federatedRoundsBytecode } from '#contracts/generated/FederatedRounds.js'
import { generatedDigitsBytecode } from '#contracts/generated/GeneratedDigits.js'
import { guardedPaymentsBytecode } from '#contracts/generated/GuardedPayments.js'
import { guardedVaultBytecode } from '#contracts/generated/GuardedVault.js'
import { guardianCouncilBytecode } from '#contracts/generated/GuardianCouncil.js'
import { inferenceEvaluatorBytecode } from '#contracts/generated/InferenceEvaluator.js'
import { inferenceOracleBytecode } from '#contracts/generated/InferenceOracle.js'
import { inferenceValidatorBytecode } from '#contracts/generated/InferenceValidator.js'
import { inferenceVerifierBytecode } from '#contracts/generated/InferenceVerifier.js'
import { linkedEvaluationsBytecode } from '#contracts/generated/LinkedEvaluations.js'
import { lotTraceBytecode } from '#contracts/generated/LotTrace.js'
import { modelFamilyBytecode } from '#contracts/generated/ModelFamily.js'
import { modelRegistryBytecode } from '#contracts/generated/ModelRegistry.js'
import { paymentTokenBytecode } from '#contracts/generated/PaymentToken.js'
import { provenanceBytecode } from '#contracts/generated/Provenance.js'
import { provenDiagnosisBytecode } from '#contracts/generated/ProvenDiagnosis.js'
import { provenDigitBytecode } from '#contracts/generated/ProvenDigit.js'
import { provenEvaluationsBytecode } from '#contracts/generated/ProvenEvaluations.js'
import { proverPoolBytecode } from '#contracts/generated/ProverPool.js'

test.each([
  ['ModelRegistry', modelRegistryBytecode],
  ['InferenceVerifier', inferenceVerifierBytecode],
  ['ProvenDigit', provenDigitBytecode],
  ['ProvenDiagnosis', provenDiagnosisBytecode],
  ['GuardedPayments', guardedPaymentsBytecode],
  ['GuardedVault', guardedVaultBytecode],
  ['AuditAnchor', auditAnchorBytecode],
  ['InferenceOracle', inferenceOracleBytecode],
  ['Provenance', provenanceBytecode],
  ['CropInsurance', cropInsuranceBytecode],
  ['GeneratedDigits', generatedDigitsBytecode],
  ['FederatedRounds', federatedRoundsBytecode],
  ['PaymentToken', paymentTokenBytecode],
  ['DatasetRegistry', datasetRegistryBytecode],
  ['AccessGrants', accessGrantsBytecode],
  ['AgentIdentityRegistry', agentIdentityRegistryBytecode],
  ['AgentValidationRegistry', agentValidationRegistryBytecode],
  ['InferenceValidator', inferenceValidatorBytecode],
  ['AgenticCommerce', agenticCommerceBytecode],
  ['InferenceEvaluator', inferenceEvaluatorBytecode],
  ['ProverPool', proverPoolBytecode],
  ['FamilyGovernor', familyGovernorBytecode],
  ['FamilyTimelock', familyTimelockBytecode],
  ['FamilyVotes', familyVotesBytecode],
  ['GuardianCouncil', guardianCouncilBytecode],
  ['ModelFamily', modelFamilyBytecode],
  ['ProvenEvaluations', provenEvaluationsBytecode],
  ['LinkedEvaluations', linkedEvaluationsBytecode],
  ['Arena', arenaBytecode],
  ['LotTrace', lotTraceBytecode],
])('%s is below the size limit of a contract', (_, bytecode) => {
  expect((bytecode.length - 2) / 2).toBeLessThan(24_576)
})
