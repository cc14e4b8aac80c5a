import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { curves, powersOfTau } from 'snarkjs'

export const beaconValue = '0102030405060708090a0b0c0d0e0f10'

/** Powers of tau of a ceremony without contributors, with a beacon alone, and with a contributor and a beacon. */
export interface TestPowers {
  readonly fresh: string
  readonly beaconOnly: string
  readonly contributed: string
}

/** Makes powers of tau by snarkjs in a folder, not prepared for phase 2. */
export async function makePowers(folder: string, power: number): Promise<TestPowers> {
  const path = (name: string) => join(folder, `${name}-${power}.ptau`)
  const files = { fresh: path('fresh'), beaconOnly: path('beacon'), contributed: path('contributed') }
  const curve = await curves.getCurveFromName('bn128')
  try {
    const between = path('between')
    await powersOfTau.newAccumulator(curve, power, files.fresh)
    await powersOfTau.beacon(files.fresh, files.beaconOnly, 'beacon', beaconValue, 10)
    await powersOfTau.contribute(files.fresh, between, 'test', 'no entropy but that of the system')
    await powersOfTau.beacon(between, files.contributed, 'beacon', beaconValue, 10)
  } finally {
    await curve.terminate()
  }
  return files
}

/** A copy of a file with one byte changed. */
export async function withFlippedByte(path: string, offset: number, to: string): Promise<string> {
  const bytes = await readFile(path)
  bytes[offset]! ^= 1
  await writeFile(to, bytes)
  return to
}
