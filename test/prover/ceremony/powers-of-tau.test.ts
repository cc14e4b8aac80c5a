import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { enterCurve, leaveCurve } from '#prover/backends/snarkjs-curve.js'
import { hashFile } from '#prover/ceremony/hash-file.js'
import { findTau, type ImportedTau, importTau } from '#prover/ceremony/tau-store.js'
import { makePowers, type TestPowers, withFlippedByte } from '../../support/powers-of-tau.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** The least that has all parts. */
const power = 4
const code = (code: ErrorCode) => expect.objectContaining({ name: 'ZkserveError', code })

let folder: string
let store: string
let files: TestPowers
let powers: ImportedTau
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-powers-'))
  store = join(folder, 'store')
  files = await makePowers(folder, power)
  // One engine of snarkjs for all tests; each start takes a while.
  enterCurve()
  powers = await importTau(files.contributed, { store })
})
afterAll(async () => {
  await leaveCurve()
  rmSync(folder, { recursive: true, force: true })
})

test('are checked, prepared, and found by path and both hashes', async () => {
  expect(powers).toMatchObject({ power, contributions: 1, check: 'full' })
  for (const name of [files.contributed, powers.sha256, powers.blake2b]) {
    expect(await findTau(name, { store })).toMatchObject(powers)
  }
  expect(await importTau(files.contributed, { store })).toEqual(powers)
  await expect(findTau(files.fresh, { store })).rejects.toThrow(code('FILE_NOT_FOUND'))
})

test('known by their published hash are not checked', async () => {
  const other = join(temporaryFolder(), 'store')
  const prepared = (await findTau(powers.sha256, { store })).path
  const { blake2b } = await importTau(prepared, {
    store: other,
    trusted: (await hashFile(prepared)).blake2b,
  })
  expect((await findTau(blake2b, { store: other })).check).toBe('hash')
  await expect(importTau(prepared, { store: other, trusted: powers.blake2b })).rejects.toThrow(
    code('INVALID_CEREMONY'),
  )
  // A full check counts for more, and is remembered.
  expect((await importTau(prepared, { store: other })).check).toBe('full')
  expect((await importTau(prepared, { store: other, trusted: blake2b })).check).toBe('full')
})

test('that nobody contributed to are refused, and those with a beacon alone', async () => {
  for (const path of [files.fresh, files.beaconOnly]) {
    await expect(importTau(path, { store })).rejects.toThrow(/no contribution/)
  }
})

test('with a changed point are refused', async () => {
  const length = readFileSync(files.contributed).length
  const changed = join(temporaryFolder(), 'changed.ptau')
  for (const offset of [1000, Math.floor(length / 2)]) {
    await withFlippedByte(files.contributed, offset, changed)
    await expect(importTau(changed, { store })).rejects.toThrow(code('INVALID_CEREMONY'))
  }
})

test('cut short, of noise or of another kind are refused', async () => {
  const whole = readFileSync(files.contributed)
  const path = join(temporaryFolder(), 'short.ptau')
  for (const bytes of [
    whole.subarray(0, -1),
    whole.subarray(0, 30),
    Buffer.of(),
    Buffer.alloc(900, 7),
    Buffer.concat([Buffer.from('zkey'), whole.subarray(4)]),
  ]) {
    writeFileSync(path, bytes)
    await expect(importTau(path, { store })).rejects.toThrow(code('INVALID_CEREMONY'))
  }
  await expect(importTau(folder, { store })).rejects.toThrow(code('FILE_NOT_FOUND'))
  const pipe = join(temporaryFolder(), 'pipe.ptau')
  execFileSync('mkfifo', [pipe])
  await expect(importTau(pipe, { store })).rejects.toThrow(code('FILE_NOT_FOUND'))
})

test('that were changed in the store are refused', async () => {
  const other = join(temporaryFolder(), 'store')
  const prepared = (await findTau(powers.sha256, { store })).path
  const { sha256 } = await importTau(prepared, { store: other, trusted: (await hashFile(prepared)).sha256 })
  const stored = (await findTau(sha256, { store: other })).path
  await withFlippedByte(stored, 5000, stored)
  await expect(findTau(sha256, { store: other })).rejects.toThrow(code('INVALID_CEREMONY'))
})
