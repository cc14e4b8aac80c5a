/** Records on a development chain: ids and signatures as the contract has them, the walk, and every difference seen. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Address, bytesToHex, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { provenanceAbi } from '#contracts/generated/Provenance.js'
import { loadBundle } from '#prover/bundle/load.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'
import { listRecords, readRecord } from '#service/provenance/read-record.js'
import { type ProvenanceRecord, recordDigest, recordId, statementOf } from '#service/provenance/record.js'
import { recordKinds } from '#service/provenance/record-kinds.js'
import { versionSubject } from '#service/provenance/subject.js'
import {
  deployProvenance,
  revokeRecord,
  type Statement,
  signRecord,
  submitRecord,
} from '#service/provenance/submit-record.js'
import { walkProvenance } from '#service/provenance/walk.js'
import { digitsBundle } from '../support/bundles.js'
import { callCommand, callJson } from '../support/command-line.js'

let anvil: Anvil
let folder: string
let bundle: string
let holder: ChainWriter
let other: ChainWriter
let contract: Address
let registry: Address
let version: Hex
/** Options that name the version. */
let named: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-provenance-'))
  mkdirSync(join(folder, 'files', 'data'), { recursive: true })
  write('data/rows.csv', '1,2,3\n')
  write('data/labels.csv', '0\n')
  write('LICENCE.txt', 'CC BY 4.0\n')
  bundle = await digitsBundle()
  anvil = await startAnvil()
  ;[holder, other] = (await Promise.all(
    anvil.privateKeys.slice(0, 2).map((privateKey) => connectChain({ rpcUrl: anvil.rpcUrl, privateKey })),
  )) as [ChainWriter, ChainWriter]
  contract = (await deployProvenance(holder)).address
  registry = (await deployContracts(holder)).registry
  await registerModel(holder, registrationOf(await loadBundle(bundle), registry))
  version = versionSubject({ chainId: holder.chainId, registry, modelId: 1n, version: 1 })
  named = ['--rpc', anvil.rpcUrl, '--contract', contract, '--registry', registry, '--model', '1:1']
})
afterAll(async () => {
  await anvil?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, text: string): string {
  const path = join(folder, 'files', name)
  writeFileSync(path, text)
  return path
}

const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes))
const someRecord: fc.Arbitrary<ProvenanceRecord> = fc.record({
  kind: fc.constantFrom(...recordKinds),
  subject: word,
  contentHash: word,
  links: fc.array(word, { maxLength: 4 }),
  uri: fc.string({ unit: 'grapheme', maxLength: 50 }),
  issuer: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytesToHex(bytes)),
  issuedAt: fc.integer({ min: 0, max: 2 ** 40 }),
})

/** A statement that nothing else says. */
let counter = 0
function statement(change: Partial<Statement> = {}): Statement {
  const contentHash = `0x${(++counter).toString(16).padStart(64, '0')}` as const
  return { kind: 'licence', subject: contentHash, contentHash, links: [], uri: '', ...change }
}

async function record(chain: ChainWriter, change: Partial<Statement> = {}): Promise<Hex> {
  const signed = await signRecord(chain, contract, statement(change))
  return (await submitRecord(chain, contract, signed)).id
}

async function vouch(chain: Anvil['privateKeys'][number], ...args: string[]) {
  process.env.ZKSERVE_PRIVATE_KEY = chain
  return callJson(['provenance', 'record', ...args])
}

describe('records', () => {
  test('hash as the contract hashes them', async () => {
    await fc.assert(
      fc.asyncProperty(someRecord, async (each) => {
        const call = { address: contract, abi: provenanceAbi, args: [statementOf(each)] } as const
        const [id, digest] = await Promise.all([
          holder.client.readContract({ ...call, functionName: 'idOf' }),
          holder.client.readContract({ ...call, functionName: 'digestOf' }),
        ])
        expect(recordId(each)).toBe(id)
        expect(recordDigest(each, { chainId: holder.chainId, contract })).toBe(digest)
      }),
      { numRuns: 30 },
    )
    const subject = { registry, modelId: 2n ** 255n + 1n, version: 2 ** 32 - 1 }
    expect(versionSubject({ chainId: holder.chainId, ...subject })).toBe(
      await holder.client.readContract({
        address: contract,
        abi: provenanceAbi,
        functionName: 'subjectOf',
        args: [subject.registry, subject.modelId, subject.version],
      }),
    )
  })

  test('are submitted by anyone, and read back whole', async () => {
    const signed = await signRecord(holder, contract, statement({ uri: 'ä' }))
    const { id } = await submitRecord(other, contract, signed)
    const found = await readRecord(other, contract, id)
    expect(found).toMatchObject({ id, ...signed, revokedAt: null })
    await expect(submitRecord(holder, contract, signed)).rejects.toMatchObject({
      code: 'CHAIN_REJECTED',
      details: { reason: 'AlreadyRecorded' },
    })
  })

  test('are refused in the name of others, from other contracts, and on records that are not there', async () => {
    const reason = (name: string) => ({ code: 'CHAIN_REJECTED', details: { reason: name } })
    const signed = await signRecord(holder, contract, statement())
    const forged = { ...signed, record: { ...signed.record, issuer: other.account.address } }
    await expect(submitRecord(other, contract, forged)).rejects.toMatchObject(reason('SignatureInvalid'))
    const elsewhere = (await deployProvenance(holder)).address
    await expect(submitRecord(other, elsewhere, signed)).rejects.toMatchObject(reason('SignatureInvalid'))
    const links = [`0x${'77'.repeat(32)}`] as const
    await expect(record(holder, { links })).rejects.toMatchObject(reason('RecordNotFound'))
    const id = await record(holder)
    await expect(revokeRecord(other, contract, id)).rejects.toMatchObject(reason('NotIssuer'))
    await revokeRecord(holder, contract, id)
    await expect(record(holder, { links: [id] })).rejects.toMatchObject(reason('LinkRevoked'))
  })

  test('are listed page by page, by issuer too', async () => {
    const { subject } = statement()
    const ids = [
      await record(holder, { subject }),
      await record(other, { subject }),
      await record(holder, { subject }),
    ]
    expect(await listRecords(holder, contract, { subject, limit: 10 })).toEqual(ids)
    expect(await listRecords(holder, contract, { subject, limit: 2 })).toEqual(ids.slice(0, 2))
    const issuer = other.account.address
    expect(await listRecords(holder, contract, { subject, issuer, limit: 10 })).toEqual([ids[1]])
  })

  test('that name one another in a circle are walked once', async () => {
    const [a, b] = [statement().subject, statement().subject]
    await record(holder, { kind: 'dataset', subject: a, contentHash: b })
    await record(holder, { kind: 'dataset', subject: b, contentHash: a })
    const graph = await walkProvenance(holder, { contract, subject: a })
    expect([graph.records.size, graph.subjects.size, graph.cut]).toEqual([2, 2, false])
    expect(await walkProvenance(holder, { contract, subject: a, limit: 1 })).toMatchObject({ cut: true })
  })
})

describe('zkserve provenance', () => {
  const ids: Record<string, Hex> = {}
  const verify = (...args: string[]) => callJson(['provenance', 'verify', ...named, ...args])
  const complaints = (document: { checks: { result: string; of: string; what: string }[] }) =>
    document.checks.filter(({ result }) => result === 'differs').map(({ of, what }) => [of, what])

  test('verify finds nothing of a version of which nobody says anything', async () => {
    const { code, document } = await verify()
    expect([code, complaints(document)]).toEqual([1, [['version', 'records']]])
  })

  test('record vouches for files and folders, and links them', async () => {
    const [key, otherKey] = anvil.privateKeys as [Hex, Hex]
    const data = join(folder, 'files', 'data')
    const place = ['--rpc', anvil.rpcUrl, '--contract', contract]
    const licence = await vouch(
      otherKey,
      'licence',
      join(folder, 'files', 'LICENCE.txt'),
      ...place,
      '--dataset',
      data,
    )
    expect(licence).toMatchObject({
      code: 0,
      document: { uri: 'LICENCE.txt', issuer: other.account.address },
    })
    expect(process.env.ZKSERVE_PRIVATE_KEY).toBeUndefined()
    ids.licence = licence.document.id
    const dataset = await vouch(key, 'dataset', data, ...named, '--link', ids.licence!)
    expect(dataset).toMatchObject({ code: 0, document: { subject: version, links: [ids.licence] } })
    expect(dataset.document.contentHash).toBe(licence.document.subject)
    ids.dataset = dataset.document.id
  })

  test('show prints the tree, and writes what verify takes for records', async () => {
    const [card, bom] = [join(folder, 'files', 'README.md'), join(folder, 'files', 'bom.json')]
    const written = ['--bundle', bundle, '--write-model-card', card, '--write-ml-bom', bom]
    const { stdout, code } = await callCommand(['provenance', 'show', ...named, ...written])
    expect(code).toBe(0)
    const [head, first, second] = stdout.split('\n')
    expect(head).toBe(`version 1 of model 1 at ${registry}, active`)
    expect(first).toContain('└─ dataset  data  content ')
    expect(first).toContain("the model's holder")
    expect(second).toMatch(/^ {3}└─ rests on licence {2}LICENCE.txt/)
    expect(JSON.parse(readFileSync(bom, 'utf8')).components).toMatchObject([{ type: 'data', name: 'data' }])
    const [key] = anvil.privateKeys as [Hex]
    ids.card = (await vouch(key, 'model-card', card, ...named)).document.id
    ids.bom = (await vouch(key, 'ml-bom', bom, ...named, '--link', ids.dataset!)).document.id
    const { document } = await callJson(['provenance', 'show', ...named])
    expect(document.records.map(({ id }: { id: Hex }) => id)).toEqual([
      ids.dataset,
      ids.card,
      ids.bom,
      ids.licence,
    ])
  })

  test('verify recomputes what it is given, and names what it is not', async () => {
    const { code, document } = await verify('--bundle', bundle, '--files', join(folder, 'files'))
    expect(complaints(document)).toEqual([])
    expect([code, document.valid, document.records]).toEqual([0, true, 4])
    const whats = document.checks.map(({ what, result }: Record<string, string>) => `${result} ${what}`)
    for (const what of ['modelHash', 'circuitHash', 'vkHash', 'content of dataset', 'what the ml-bom says'])
      expect(whats).toContain(`holds ${what}`)
    expect(whats.filter((what: string) => what.startsWith('unchecked'))).toEqual([])
    const bare = await verify()
    expect(bare.code).toBe(0)
    const unchecked = bare.document.checks.filter(
      ({ result }: Record<string, string>) => result === 'unchecked',
    )
    expect(unchecked.map(({ of }: Record<string, string>) => of)).toEqual([
      'bundle',
      ids.dataset,
      ids.card,
      ids.bom,
      ids.licence,
    ])
  })

  test('verify sees a file that was tampered with, by its place or by its name', async () => {
    const path = write('LICENCE.txt', 'CC BY-NC 4.0\n')
    const placed = await verify('--files', join(folder, 'files'))
    expect([placed.code, complaints(placed.document)]).toEqual([1, [[ids.licence, 'content of licence']]])
    const given = await verify('--file', path, '--file', join(folder, 'files', 'data'))
    expect([given.code, complaints(given.document)]).toEqual([1, [[path, 'content']]])
    write('LICENCE.txt', 'CC BY 4.0\n')
    write('data/rows.csv', '1,2,4\n')
    const rows = await verify('--files', join(folder, 'files'))
    expect(complaints(rows.document)).toEqual([[ids.dataset, 'content of dataset']])
    write('data/rows.csv', '1,2,3\n')
  })

  test('verify sees another bundle, and a damaged one', async () => {
    const { pairBundle } = await import('../support/bundles.js')
    const { document } = await verify('--bundle', await pairBundle())
    expect(complaints(document)).toEqual(
      ['modelHash', 'circuitHash', 'vkHash'].map((what) => ['bundle', what]),
    )
    const copy = join(folder, 'damaged')
    cpSync(bundle, copy, { recursive: true })
    appendFileSync(join(copy, 'model.q.json'), ' ')
    const damaged = await verify('--bundle', copy)
    expect([damaged.code, complaints(damaged.document)]).toEqual([1, [['bundle', 'hashes']]])
    const none = await verify('--bundle', folder)
    expect([none.code, none.document.error.code]).toEqual([2, 'BUNDLE_NOT_FOUND'])
  })

  test('strangers cannot make verify fail, but where everybody is believed', async () => {
    await record(other, { kind: 'dataset', subject: version, uri: 'data' })
    expect((await verify('--files', join(folder, 'files'))).code).toBe(0)
    const all = await verify('--files', join(folder, 'files'), '--anyone')
    expect([all.code, all.document.issuers]).toEqual([1, 'anyone'])
    const one = await verify('--issuer', other.account.address)
    expect(one.document).toMatchObject({ valid: true, records: 1 })
  })

  test('a bill of materials that names other data or another model differs', async () => {
    const bom = JSON.parse(readFileSync(join(folder, 'files', 'bom.json'), 'utf8'))
    bom.components[0].hashes[0].content = 'ee'.repeat(32)
    bom.metadata.component.properties.find(({ name }: { name: string }) => name === 'zkserve:vkHash').value =
      '0x12'
    const path = write('other-bom.json', JSON.stringify(bom))
    const { id } = (await vouch(anvil.privateKeys[0]!, 'ml-bom', path, ...named)).document
    const { document } = await verify('--files', join(folder, 'files'))
    expect(complaints(document)).toEqual([[id, 'what the ml-bom says']])
    const { detail } = document.checks.find(
      ({ of, what }: Record<string, string>) => of === id && what?.startsWith('what'),
    )
    expect(detail).toBe(
      'it names another vkHash than the registry, the dataset "data", which no dataset record has',
    )
    process.env.ZKSERVE_PRIVATE_KEY = anvil.privateKeys[0]
    expect((await callJson(['provenance', 'revoke', id, ...named])).code).toBe(0)
    expect((await verify('--files', join(folder, 'files'))).code).toBe(0)
  })

  test('what rests on a record that was revoked differs', async () => {
    process.env.ZKSERVE_PRIVATE_KEY = anvil.privateKeys[1]
    await callJson(['provenance', 'revoke', ids.licence!, ...named])
    const { code, document } = await verify()
    expect([code, complaints(document)]).toEqual([1, [[ids.dataset, `link ${ids.licence}`]]])
    const { stdout } = await callCommand(['provenance', 'show', ...named])
    expect(stdout).toContain('REVOKED')
  })

  test('a bad card is not recorded; a bad key is never told', async () => {
    const path = write('bad.md', '# no metadata')
    const bad = await vouch(anvil.privateKeys[0]!, 'model-card', path, ...named)
    expect([bad.code, bad.document.error.code]).toEqual([2, 'INVALID_PROVENANCE'])
    const typo = await vouch('0xmistyped' as Hex, 'licence', path, ...named)
    expect(typo.document.error.code).toBe('USAGE')
    expect(JSON.stringify(typo.document)).not.toContain('mistyped')
    const none = await vouch(anvil.privateKeys[0]!, 'licence', path, ...named.slice(0, -1), '9:9')
    expect(none.document.error).toMatchObject({
      code: 'CHAIN_REJECTED',
      details: { reason: 'VersionNotFound' },
    })
  })

  test.each([
    [['record', 'song', 'x', '--rpc', 'http://localhost']],
    [['record', 'licence', 'x', '--rpc', 'http://localhost']],
    [['record', 'licence', 'x', '--rpc', 'http://localhost', '--deploy', '--link', '0x12']],
    [['show', '--rpc', 'http://localhost']],
    [['show', '--rpc', 'http://localhost', '--model', '1']],
    [['verify', '--rpc', 'http://localhost', '--anyone', '--issuer', `0x${'11'.repeat(20)}`]],
    [['revoke', 'x', '--rpc', 'http://localhost']],
  ])('%j is refused', async (args) => {
    delete process.env.ZKSERVE_PRIVATE_KEY
    const { code, document } = await callJson(['provenance', ...args])
    expect([code, document.error.code]).toEqual([2, 'USAGE'])
  })
})
