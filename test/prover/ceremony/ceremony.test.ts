import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zKey } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import type { ErrorCode } from '#circuits/error-table.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { enterCurve, leaveCurve } from '#prover/backends/snarkjs-curve.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'
import { beginCeremony } from '#prover/ceremony/begin.js'
import { applyBeacon, contribute, type NewContribution } from '#prover/ceremony/contribute.js'
import { exportCeremony } from '#prover/ceremony/export.js'
import { findCeremony } from '#prover/ceremony/folder.js'
import { findMaterials } from '#prover/ceremony/materials.js'
import { findTau, type ImportedTau, importTau } from '#prover/ceremony/tau-store.js'
import { transcriptHash } from '#prover/ceremony/transcript.js'
import { type CeremonyVerification, verifyCeremony } from '#prover/ceremony/verify.js'
import { zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import { proveInference } from '#prover/prove.js'
import { readSections } from '#prover/r1cs/container.js'
import { proofFileOf, verifyProofFile } from '#prover/verify.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { ceremonyPower, ceremonyTimeout, smallBundle } from '../../support/ceremony-bundle.js'
import { beaconValue, makePowers, type TestPowers } from '../../support/powers-of-tau.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinySource } from '../../support/tiny-source.js'

const power = ceremonyPower
const source = tinySource(3)
const code = (code: ErrorCode) => expect.objectContaining({ name: 'ZkserveError', code })

let folder: string
let store: string
let files: TestPowers
let powers: ImportedTau
let bundle: Bundle
/** The ceremony's folder, after two contributions and the beacon. */
let dir: string
let steps: NewContribution[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-ceremony-'))
  store = join(folder, 'store')
  dir = join(folder, 'ceremony')
  // One engine of snarkjs for all tests; each start takes a while.
  enterCurve()
  bundle = await smallBundle(source, join(folder, 'bundle'))
  files = await makePowers(folder, power)
  powers = await importTau(files.contributed, { store })
  await beginCeremony(bundle, await findTau(powers.sha256, { store }), dir)
  steps = [await contribute(dir, { name: 'Ada' })]
  // As somebody else does, who was sent the key alone.
  const received = join(folder, 'received.zkey')
  copyFileSync(steps[0]!.key, received)
  steps.push(await contribute(received, { name: 'Grace Ö.', out: join(folder, 'sent.zkey') }))
  copyFileSync(steps[1]!.key, join(dir, '0002.zkey'))
  steps.push(
    await applyBeacon(dir, { name: 'block 1', value: `0x${beaconValue.toUpperCase()}`, iterations: 11 }),
  )
}, ceremonyTimeout)
afterAll(async () => {
  await leaveCurve()
  rmSync(folder, { recursive: true, force: true })
})

async function verify(
  path: string,
  options: { bundle?: Bundle; ptau?: string } = {},
): Promise<CeremonyVerification> {
  const place = await findCeremony(path)
  return verifyCeremony(place, await findMaterials(place, { store, ...options }))
}

/** A copy of a key by itself. */
function alone(key: string): string {
  const copy = join(temporaryFolder(), 'alone.zkey')
  copyFileSync(key, copy)
  return copy
}

describe('a ceremony', () => {
  test('cannot begin with too few powers: the error names how many it takes', async () => {
    const few = { ...(await findTau(powers.sha256, { store })), power: 6 }
    const begun = beginCeremony(bundle, few, join(temporaryFolder(), 'new'))
    await expect(begun).rejects.toThrow(/needs 2\^7 powers of tau, the file has 2\^6/)
  })

  test('cannot begin with committed weights: nobody makes κ together', async () => {
    const committed = { ...bundle, manifest: { ...bundle.manifest, weights: 'committed' } } as Bundle
    const stored = await findTau(powers.sha256, { store })
    await expect(beginCeremony(committed, stored, join(temporaryFolder(), 'new'))).rejects.toThrow(
      code('USAGE'),
    )
  })

  test('holds from the circuit on, with the hashes that snarkjs tells', async () => {
    const { valid, finished, transcript } = await verify(dir, { bundle })
    expect({ valid, finished }).toEqual({ valid: true, finished: true })
    expect(transcript.powersOfTau).toEqual({ sha256: powers.sha256, blake2b: powers.blake2b, power })
    expect(transcript.contributions).toEqual([
      { name: 'Ada', hash: steps[0]!.hash, beacon: null },
      { name: 'Grace Ö.', hash: steps[1]!.hash, beacon: null },
      { name: 'block 1', hash: steps[2]!.hash, beacon: { value: beaconValue, iterations: 11 } },
    ])
    const lines: string[] = []
    const say = (line: string) => lines.push(line)
    const logger = { debug: say, info: say, warn: say, error: say }
    const { path } = await findTau(powers.sha256, { store })
    await zKey.verifyFromR1cs(join(dir, 'circuit.r1cs'), path, steps[2]!.key, logger)
    const said = lines.join('').replace(/\s/g, '')
    for (const { hash } of steps) expect(said).toContain(hash)
    expect(said).toContain(transcript.circuit)
    expect(steps[2]!.earlier.map(({ name }) => name)).toEqual(['Ada', 'Grace Ö.'])
  })

  test('is not finished before its beacon, and not begun before a contribution', async () => {
    expect(await verify(steps[1]!.key, { bundle, ptau: powers.sha256 })).toMatchObject({
      valid: true,
      finished: false,
    })
    const first = alone(join(dir, '0000.zkey'))
    const nobody = { valid: false, reason: expect.stringContaining('nobody has contributed') }
    expect(await verify(first, { bundle, ptau: powers.sha256 })).toMatchObject(nobody)
    // Everybody can compute a beacon's number.
    const beaconOnly = await applyBeacon(first, { name: 'beacon', value: beaconValue, iterations: 10 })
    expect(await verify(beaconOnly.key, { bundle, ptau: powers.sha256 })).toMatchObject(nobody)
  })

  test('ends with its beacon', async () => {
    await expect(contribute(dir, { name: 'late' })).rejects.toThrow(/the ceremony is over/)
    expect(readdirSync(dir).sort()).toEqual([
      ...['0000.zkey', '0001.zkey', '0002.zkey', '0003.zkey', 'ceremony.json', 'circuit.r1cs'],
    ])
  })

  test('never writes over a key', async () => {
    const key = alone(steps[0]!.key)
    const out = join(temporaryFolder(), 'out.zkey')
    writeFileSync(out, 'mine')
    await expect(contribute(key, { name: 'x', out })).rejects.toThrow(code('BUNDLE_EXISTS'))
    expect(readFileSync(out, 'utf8')).toBe('mine')
  })

  test.each(['', '  ', 'x'.repeat(65), 'red \u001b[31m', 'line\nbreak', 'right \u202e left'])(
    'takes no name %j',
    async (name) => {
      await expect(contribute(steps[1]!.key, { name })).rejects.toThrow(code('USAGE'))
    },
  )

  test.each([
    ['abc', 10],
    [beaconValue.slice(2), 10],
    ['zz'.repeat(16), 10],
    [beaconValue, 9],
    [beaconValue, 31],
    [beaconValue, 10.5],
  ])('takes no beacon %s with 2^%d iterations', async (value, iterations) => {
    const beacon = applyBeacon(steps[1]!.key, { name: 'beacon', value, iterations })
    await expect(beacon).rejects.toThrow(code('USAGE'))
  })

  test('does not hold where a key does not follow the one before', async () => {
    const mixed = join(temporaryFolder(), 'mixed')
    mkdirSync(mixed)
    for (const name of ['ceremony.json', 'circuit.r1cs', '0000.zkey', '0001.zkey']) {
      copyFileSync(join(dir, name), join(mixed, name))
    }
    const another = await contribute(alone(join(dir, '0000.zkey')), { name: 'Eve' })
    const second = await contribute(another.key, { name: 'Mallory' })
    copyFileSync(second.key, join(mixed, '0002.zkey'))
    const follows = { valid: false, reason: expect.stringContaining('does not follow') }
    expect(await verify(mixed)).toMatchObject(follows)
    copyFileSync(another.key, join(mixed, '0002.zkey'))
    expect(await verify(mixed)).toMatchObject({ valid: false, reason: '0002.zkey has 1 contributions' })
  })

  test('names what a key alone does not tell', async () => {
    const place = await findCeremony(alone(steps[1]!.key))
    await expect(findMaterials(place, { store, ptau: powers.sha256 })).rejects.toThrow(/--bundle/)
    await expect(findMaterials(place, { store, bundle })).rejects.toThrow(/--ptau/)
    const other = {
      ...bundle,
      manifest: { ...bundle.manifest, circuitHash: `0x${'1'.repeat(64)}` },
    } as Bundle
    const inFolder = await findCeremony(dir)
    await expect(findMaterials(inFolder, { store, bundle: other })).rejects.toThrow(/another circuit/)
  })
})

describe('a changed key does not hold', () => {
  beforeAll(() => {
    // snarkjs tells some faults on the console alone.
    const spy = vi.spyOn(console, 'log').mockReturnValue()
    return () => spy.mockRestore()
  })

  /** What is wrong with the last key, changed inside a section. */
  async function reasonAfter(
    type: number,
    change: (section: Uint8Array) => void,
  ): Promise<string | undefined> {
    const key = alone(steps[2]!.key)
    const bytes = new Uint8Array(readFileSync(key))
    change(readSections(bytes, zkeyKind).get(type)!)
    writeFileSync(key, bytes)
    try {
      const { valid, reason } = await verify(key, { bundle, ptau: powers.sha256 })
      expect(valid).toBe(false)
      return reason
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^INVALID_(CEREMONY|KEY)$/) })
      return (error as Error).message
    }
  }

  const swapPoints = (section: Uint8Array): void => {
    const first = section.slice(0, 64)
    section.copyWithin(0, 64, 128)
    section.set(first, 64)
  }
  const flip = (offset: number) => (section: Uint8Array) => {
    section[offset]! ^= 1
  }

  test.each<[string, number, (section: Uint8Array) => void, RegExp]>([
    ['points of C swapped', zkeySection.c, swapPoints, /L section does not match/],
    ['points of H swapped', zkeySection.h, swapPoints, /H section does not match/],
    ['a point of H off the curve', zkeySection.h, flip(3), /off the curve/],
    ['points of A swapped', zkeySection.a, swapPoints, /A section is not identical/],
    ['points of IC swapped', zkeySection.publicPoints, swapPoints, /IC section is not identical/],
    ['another coefficient', zkeySection.coefficients, flip(20), /Coeffs section is not identical/],
    [
      'another circuit hash',
      zkeySection.contributions,
      flip(0),
      /Inconsistent|Circuit|transcript|snarkjs refuses/,
    ],
    [
      'another transcript',
      zkeySection.contributions,
      flip(68 + 320),
      /Inconsistent|transcript|snarkjs refuses/,
    ],
    ['a contribution off the curve', zkeySection.contributions, flip(68 + 64), /off the curve/],
    ['another δ in G2', zkeySection.header, flip(532), /different δ|outside|curve/],
    ['another δ in G1', zkeySection.header, flip(468), /another δ/],
    ['another α', zkeySection.header, flip(84), /on the curve|alpha/],
  ])('%s', async (_name, type, change, reason) => {
    expect(await reasonAfter(type, change)).toMatch(reason)
  })
})

describe('an exported bundle', () => {
  let out: string
  let exported: Bundle
  beforeAll(async () => {
    out = join(folder, 'production')
    const place = await findCeremony(dir)
    await exportCeremony(place, bundle, await findMaterials(place, { store, bundle }), out)
    exported = await loadBundle(out)
  })

  test('is the same model with another key and the transcript', async () => {
    const { transcript } = await verify(dir)
    const { modelHash, circuitHash, vkHash, setup } = exported.manifest
    expect(setup).toEqual({ kind: 'ceremony', production: true, transcript })
    expect({ modelHash, circuitHash }).toMatchObject({
      modelHash: bundle.manifest.modelHash,
      circuitHash: bundle.manifest.circuitHash,
    })
    expect(vkHash).not.toBe(bundle.manifest.vkHash)
    const registry = `0x${'5'.repeat(40)}` as const
    expect(registrationOf(exported, registry).setup).toEqual({
      kind: 'production',
      transcriptHash: transcriptHash(transcript),
    })
  })

  test('proves, and its proofs are not those of the development key', async () => {
    const prover = createSnarkjsProver()
    try {
      const address = (digit: string) => `0x${digit.repeat(40)}`
      const context = { chainId: 1, verifier: address('1'), requester: address('0'), nonce: 1 }
      const proven = await proveInference(exported, prover, datasetRow(source.calibration, 0), { context })
      const file = proofFileOf(exported, proven)
      expect((await verifyProofFile(exported, file)).valid).toBe(true)
      const { model } = proofFileOf(bundle, proven)
      expect((await verifyProofFile(bundle, { ...file, model })).valid).toBe(false)
    } finally {
      await prover.close()
    }
  })

  test('is not made of an unfinished ceremony, and nothing is left', async () => {
    const place = await findCeremony(alone(steps[1]!.key))
    const parent = temporaryFolder()
    const materials = await findMaterials(place, { store, bundle, ptau: powers.sha256 })
    const unfinished = exportCeremony(place, bundle, materials, join(parent, 'out'))
    await expect(unfinished).rejects.toThrow(/no beacon yet/)
    expect(readdirSync(parent)).toEqual([])
  })

  /** A copy of a bundle's manifest with another set-up, and the digest that it should have. */
  function withSetup(of: Bundle, setup: unknown, key?: string): string {
    const copy = join(temporaryFolder(), 'copy')
    mkdirSync(copy)
    for (const name of readdirSync(of.dir)) copyFileSync(join(of.dir, name), join(copy, name))
    if (key !== undefined) copyFileSync(key, join(copy, 'proving.zkey'))
    const { digest: _, ...body } = of.manifest
    writeFileSync(join(copy, 'manifest.json'), manifestText({ ...body, setup } as Manifest))
    return copy
  }

  test('whose manifest tells another transcript is refused', async () => {
    const { setup } = exported.manifest
    if (setup.kind !== 'ceremony') throw new Error('not of a ceremony')
    const { transcript } = setup
    const [first, ...others] = transcript.contributions
    const forged = [
      { ...transcript, contributions: [{ ...first, name: 'Somebody else' }, ...others] },
      { ...transcript, contributions: others },
      { ...transcript, circuit: '0'.repeat(128) },
      { ...transcript, powersOfTau: { ...transcript.powersOfTau, sha256: 'none' } },
      { ...transcript, extra: 1 },
      undefined,
    ]
    for (const transcript of forged) {
      await expect(loadBundle(withSetup(exported, { ...setup, transcript }))).rejects.toThrow(
        code('BUNDLE_CORRUPT'),
      )
    }
    await expect(loadBundle(withSetup(bundle, setup))).rejects.toThrow(code('BUNDLE_CORRUPT'))
    await expect(loadBundle(withSetup(exported, { ...setup, production: false }))).rejects.toThrow(
      code('BUNDLE_CORRUPT'),
    )
  })
})
