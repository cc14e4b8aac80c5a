import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { evaluate } from '#prover/inference/evaluate.js'
import { type ConsumerStage, type Person, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { type Consent, consentIdOf, signConsent, signRecord } from '#scripts/examples/diagnosis/consent.js'
import {
  askFinding,
  consentStatus,
  deliverFinding,
  deployDiagnosis,
  type SignedConsent,
  withdrawConsent,
} from '#scripts/examples/diagnosis/contracts.js'
import {
  ensureDiagnosisBundle,
  readDiagnosisModel,
  referralThreshold,
} from '#scripts/examples/diagnosis/model.js'
import { findRecord, publicBytes } from '#scripts/examples/diagnosis/public-bytes.js'
import { commitRecord, findPatient, type PatientRecord } from '#scripts/examples/diagnosis/record.js'
import { tryTo } from '#scripts/examples/try-to.js'
import type { Say } from '#service/demo/options.js'

const day = 86_400

export interface DiagnosisResult {
  readonly statuses: readonly string[]
  readonly refusals: readonly string[]
  /** Runs of five bytes of the records that were found on chain. */
  readonly leaked: number
}

/**
 * Two patients, of whom the chain learns on which side of a threshold a model's score lies, and nothing else.
 * @throws ZkserveError `INTERNAL` where an attack is accepted or a record is found on chain
 */
export async function runDiagnosis(say: Say): Promise<DiagnosisResult> {
  const source = await readDiagnosisModel()
  const bundle = await ensureDiagnosisBundle(source)
  const { integerAccuracy } = evaluate(source.graph, bundle.model, source.test)
  const { constraints, publicSignals } = bundle.manifest
  say(
    `1. ${source.name}: ${constraints.total} constraints; right about ${percent(integerAccuracy)} of test rows`,
  )
  say(`   public signals: ${publicSignals.map(({ kind }) => kind).join(', ')}`)
  const stage = await setConsumerStage(bundle, 5)
  try {
    const [laboratory, clinic, rival, ill, well] = stage.people as [Person, Person, Person, Person, Person]
    const terms = { ...stage, laboratory: laboratory.account.address }
    const { address: diagnosis, gasUsed } = await deployDiagnosis(stage.chain, terms)
    stage.spend('deploy ProvenDiagnosis', { gasUsed })
    const contract = { chainId: stage.chain.chainId, diagnosis }
    const deadline = (await stage.now()) + 30 * day

    const allow = async (patient: Person, isMalignant: boolean) => {
      const record = await commitRecord(bundle, findPatient(bundle, source, isMalignant))
      const consent: Consent = {
        record: record.commitment,
        patient: patient.account.address,
        clinic: clinic.account.address,
        ...{ deadline, number: 0n },
      }
      const signed: SignedConsent = {
        consent,
        laboratorySignature: await signRecord(laboratory.signer, contract, consent),
        patientSignature: await signConsent(patient.signer, contract, consent),
      }
      return { record, signed, consentId: consentIdOf(contract, consent) }
    }
    const [first, second] = [await allow(ill, true), await allow(well, false)]
    say('2. The laboratory signed both salted commitments, both patients a consent for one clinic')

    const refusals: string[] = []
    const attack = async (what: string, attempt: () => Promise<unknown>) => {
      refusals.push(await tryTo(what, attempt, say))
    }
    await attack('somebody else asks', () => askFinding(rival, diagnosis, first.signed))
    const renamed = { ...first.signed.consent, clinic: rival.account.address }
    await attack("another clinic's name on the consent", () =>
      askFinding(rival, diagnosis, { ...first.signed, consent: renamed }),
    )
    const madeUp = { ...first.signed.consent, record: second.signed.consent.record }
    await attack("another patient's record", () =>
      askFinding(clinic, diagnosis, { ...first.signed, consent: madeUp }),
    )

    stage.spend('ask', await askFinding(clinic, diagnosis, first.signed))
    await askFinding(clinic, diagnosis, second.signed)
    say('3. The clinic asked about both; the laboratory, which has the records, proves')
    const prove = (record: PatientRecord, consentId: Hex) =>
      stage.prove(record.features, { requester: diagnosis, nonce: BigInt(consentId), salt: record.salt })
    const proven = await prove(first.record, first.consentId)
    const swapped = await prove(second.record, first.consentId)
    await attack('a proof about a healthy record', () => deliverFinding(rival, diagnosis, swapped))
    const flipped = { ...proven, statement: [proven.statement[0]!, 0n] }
    await attack('the finding turned round', () => deliverFinding(rival, diagnosis, flipped))
    const { above, transaction } = await deliverFinding(laboratory, diagnosis, proven)
    stage.spend('deliver', transaction)
    say(`4. First patient: ${above ? 'at or above' : 'below'} ${referralThreshold}, noted for the clinic`)
    await attack('the finding once more', () => deliverFinding(rival, diagnosis, proven))

    const late = await prove(second.record, second.consentId)
    stage.spend('withdrawConsent', await withdrawConsent(well, diagnosis, second.signed.consent))
    say('5. The second patient takes the consent back, before the proof is delivered')
    await attack('a proof after that', () => deliverFinding(laboratory, diagnosis, late))

    const bytes = await publicBytes(stage.chain, diagnosis)
    const leaked = [first, second].reduce((sum, { record }) => sum + findRecord(bundle, record, bytes), 0)
    if (leaked !== 0) throw new ZkserveError('INTERNAL', 'a part of a record is on chain')
    say(`6. ${bytes.length} bytes of calldata and events: no five bytes of features or salts among them`)
    const words = proven.statement.map((word) => `0x${word.toString(16)}`)
    say(`   the first proof's statement, whole: ${words.join(', ')}`)
    stage.sayCosts(say)
    const statuses = await readStatuses(stage, diagnosis, [first.consentId, second.consentId])
    return { statuses, refusals, leaked }
  } finally {
    await stage.close()
  }
}

function readStatuses({ chain }: ConsumerStage, diagnosis: Hex, consentIds: readonly Hex[]) {
  return Promise.all(consentIds.map((consentId) => consentStatus(chain, diagnosis, consentId)))
}

function percent(share: number | null): string {
  return `${(100 * (share ?? 0)).toFixed(1)} %`
}
