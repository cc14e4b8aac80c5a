/** Where a model comes from: a version of breast-cancer walked back to its data, and what is seen when someone lies. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetRow } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { createProver } from '#prover/backends/create-prover.js'
import { proveInference } from '#prover/prove.js'
import { tryAttacks } from '#scripts/examples/provenance/attacks.js'
import { writeEvidence } from '#scripts/examples/provenance/evidence.js'
import { meetPeople, Records } from '#scripts/examples/provenance/people.js'
import { consumeInference } from '#service/chain/consume-inference.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { readModel } from '#service/chain/read-model.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import { describeProvenance } from '#service/cli/describe-provenance.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'
import { mlBomOf, modelCardOf } from '#service/provenance/export-documents.js'
import { hashContent } from '#service/provenance/hash-content.js'
import { versionSubject } from '#service/provenance/subject.js'
import { deployProvenance } from '#service/provenance/submit-record.js'
import { verifyProvenance } from '#service/provenance/verify.js'
import { walkProvenance } from '#service/provenance/walk.js'

/** @throws ZkserveError `INTERNAL` where an attack succeeds, and what an honest step was refused with */
export async function runProvenanceExample(say: Say): Promise<void> {
  const source = await readProjectModel('breast-cancer')
  const bundle = await ensureBundle(source)
  const folder = await mkdtemp(join(tmpdir(), 'zkserve-provenance-'))
  const anvil = await startAnvil()
  try {
    const people = await meetPeople(anvil)
    const { trainer, dataOwner, evaluator, relayer } = people
    const { registry, verifier } = await deployContracts(trainer)
    const deployed = await deployProvenance(relayer)
    const contract = deployed.address
    const model = await registerModel(trainer, registrationOf(bundle, registry))
    const version = { registry, modelId: model.modelId, version: model.version }
    const name = { chainId: trainer.chainId, ...version }
    const subject = versionSubject(name)
    say(`1. ${source.name} registered: model ${model.modelId}, version ${model.version}, at ${registry}`)

    const evidence = await writeEvidence(folder, source, bundle)
    const records = new Records(contract, relayer)
    const about = await hashContent(evidence.data)
    const licence = await records.add(dataOwner, { kind: 'licence', subject: about, path: evidence.licence })
    const dataset = await records.add(trainer, {
      kind: 'dataset',
      subject,
      path: evidence.data,
      links: [licence],
    })
    await records.add(trainer, { kind: 'training-run', subject, path: evidence.run, links: [dataset] })
    const report = await records.add(evaluator, {
      kind: 'evaluation-report',
      subject,
      path: evidence.report,
      links: [dataset],
    })
    const registered = await readModel(trainer, version)
    const metrics = [{ type: 'accuracy', value: evidence.evaluation.integerAccuracy ?? 0 }]
    const graph = await walkProvenance(relayer, { contract, subject })
    const described = {
      version: name,
      registered,
      graph,
      name: source.name,
      manifest: bundle.manifest,
      metrics,
    }
    const [card, bom] = [join(folder, 'README.md'), join(folder, 'bom.cdx.json')] as const
    await writeFile(card, modelCardOf(described))
    await writeFile(bom, mlBomOf(described))
    await records.add(trainer, { kind: 'model-card', subject, path: card, links: [report] })
    await records.add(trainer, { kind: 'ml-bom', subject, path: bom, links: [dataset] })
    say('2. Owner of the data, trainer and evaluator signed; somebody else submitted:')
    const holder = trainer.account.address
    const whole = await walkProvenance(relayer, { contract, subject })
    say(indent(describeProvenance(whole, { ...version, registered, holder })))

    const verify = () =>
      verifyProvenance(relayer, { contract, ...version }, { files: [], folder, bundle: bundle.dir })
    const { valid, checks } = await verify()
    const open = checks.filter(({ result }) => result !== 'holds')
    if (!valid || open.length > 0)
      throw new ZkserveError('INTERNAL', `honest provenance: ${open.map(({ what }) => what).join(', ')}`)
    say(`3. Walked back: ${checks.length} checks hold, the data's hash and the bundle's three among them`)

    const requester = relayer.account.address
    const context = { chainId: relayer.chainId, verifier, requester, nonce: 0n }
    const proven = await proveInference(bundle, createProver(), datasetRow(source.test, 0), { context })
    const inference = encodeProofCalldata({ ...proven, requester, nonce: 0n })
    const accepted = await consumeInference(relayer, { verifier, ...version, inference })
    say(`4. An answer of this version, proven and accepted on chain (${accepted.gasUsed} gas)`)

    say('5. Attacks')
    await tryAttacks({ people, records, evidence, subject, licence, verify }, say)
    say('Gas')
    const gas = { 'deploy Provenance': deployed.gasUsed, ...records.gas }
    for (const [what, used] of Object.entries(gas)) say(`   ${what.padEnd(28)}${used.toLocaleString('en')}`)
  } finally {
    await anvil.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '   ')
}
