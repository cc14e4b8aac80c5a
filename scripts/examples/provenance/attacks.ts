import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { Evidence } from '#scripts/examples/provenance/evidence.js'
import type { People, Records } from '#scripts/examples/provenance/people.js'
import type { Say } from '#service/demo/options.js'
import { hashContent } from '#service/provenance/hash-content.js'
import {
  deployProvenance,
  revokeRecord,
  signRecord,
  submitRecord,
} from '#service/provenance/submit-record.js'
import type { ProvenanceVerification } from '#service/provenance/verify.js'

export interface Attacked {
  readonly people: People
  readonly records: Records
  readonly evidence: Evidence
  /** The version's subject. */
  readonly subject: Hex
  /** The data owner's record. */
  readonly licence: Hex
  verify(): Promise<ProvenanceVerification>
}

/** Tries to make the provenance say something else. @throws ZkserveError `INTERNAL` where that succeeds */
export async function tryAttacks(attacked: Attacked, say: Say): Promise<void> {
  const { people, records, evidence, subject, licence, verify } = attacked
  const { contract } = records
  const statement = {
    kind: 'evaluation-report',
    subject,
    contentHash: await hashContent(evidence.report),
    links: [],
    uri: 'better.json',
  } as const
  const signed = await signRecord(people.relayer, contract, statement)
  const forged = { ...signed, record: { ...signed.record, issuer: people.evaluator.account.address } }
  await refused('a report in the name of the evaluator', () => submitRecord(people.relayer, contract, forged))
  const elsewhere = (await deployProvenance(people.relayer)).address
  await refused('a signature for another contract', () => submitRecord(people.relayer, elsewhere, signed))
  const hanging = { ...statement, links: [`0x${'42'.repeat(32)}`] as const }
  const linked = await signRecord(people.relayer, contract, hanging)
  await refused('a link to a record that is not there', () => submitRecord(people.relayer, contract, linked))

  const training = join(evidence.data, 'training.npz')
  const honest = await readFile(training)
  await appendFile(training, 'one byte more')
  await differs('a training file that was tampered with')
  await writeFile(training, honest)

  await submitRecord(
    people.relayer,
    contract,
    await signRecord(people.relayer, contract, { ...statement, uri: 'data' }),
  )
  const { valid } = await verify()
  if (!valid) throw new ZkserveError('INTERNAL', "a stranger's record was believed")
  tell("a stranger's record about the data", 'not believed: only what the holder links to counts')

  await revokeRecord(people.dataOwner, contract, licence)
  await differs('a licence that its owner took back')

  function tell(attack: string, outcome: string): void {
    say(`   ${attack.padEnd(40)} ${outcome}`)
  }

  async function refused(attack: string, act: () => Promise<unknown>): Promise<void> {
    const outcome = await act().catch(toZkserveError)
    if (!(outcome instanceof ZkserveError) || outcome.code !== 'CHAIN_REJECTED')
      throw new ZkserveError('INTERNAL', `${attack}: accepted`)
    tell(attack, `refused: ${outcome.details.reason}`)
  }

  async function differs(attack: string): Promise<void> {
    const { checks } = await verify()
    const found = checks.filter(({ result }) => result === 'differs')
    if (found.length !== 1)
      throw new ZkserveError('INTERNAL', `${attack}: ${found.length} differences were found`)
    tell(attack, `found: ${found[0]!.what}`)
  }
}
