/**
 * snarkjs' own set-up with a public beacon in place of secrets, whose numbers can be computed: the development
 * set-up with these numbers must give the same key, byte for byte.
 */
import { type Curve, curves, powersOfTau, zKey } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import { readSections } from '#prover/r1cs/container.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { compileCircom } from '../../support/compile-circom.js'
import { fixedSecrets } from '../../support/fixed-secrets.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'
import type { ReferenceSecrets } from '../../support/reference-setup.js'

const beaconHash = '0102030405060708090a0b0c0d0e0f10'
const iterationsPower = 10

let curve: Curve
let preparedTau: Uint8Array
beforeAll(async () => {
  curve = await curves.getCurveFromName('bn128')
  const [fresh, contributed, prepared] = [memory(), memory(), memory()]
  await powersOfTau.newAccumulator(curve, 6, fresh)
  await powersOfTau.beacon(fresh, contributed, 'test', beaconHash, iterationsPower)
  await powersOfTau.preparePhase2(contributed, prepared)
  preparedTau = prepared.data!
})
afterAll(() => curve.terminate())

interface MemoryFile {
  type: 'mem'
  data?: Uint8Array
}

function memory(): MemoryFile {
  return { type: 'mem' }
}

async function snarkjsKey(r1cs: Uint8Array): Promise<Uint8Array> {
  const [initial, final] = [memory(), memory()]
  await zKey.newZKey(r1cs, preparedTau, initial)
  await zKey.beacon(initial, final, 'test', beaconHash, iterationsPower)
  expect(await zKey.verifyFromR1cs(r1cs, preparedTau, final)).toBe(true)
  return final.data!
}

/** The secrets as snarkjs derives them from the beacon: τ, α, β in phase 1, δ in phase 2. */
async function beaconSecrets(): Promise<ReferenceSecrets> {
  const { rngFromBeaconParams } = await import(
    new URL('../../../node_modules/snarkjs/src/misc.js', import.meta.url).href
  )
  const field = (
    curve as unknown as { Fr: { fromRng(rng: unknown): unknown; toString(value: unknown): string } }
  ).Fr
  const draw = async (count: number): Promise<bigint[]> => {
    const rng = await rngFromBeaconParams(Buffer.from(beaconHash, 'hex'), iterationsPower)
    return Array.from({ length: count }, () => BigInt(field.toString(field.fromRng(rng))))
  }
  const [tau, alpha, beta] = (await draw(3)) as [bigint, bigint, bigint]
  const [delta] = (await draw(1)) as [bigint]
  return { tau, alpha, beta, delta }
}

const circom = compileCircom(`pragma circom 2.1.6;
  template Main() {
    signal input a; signal input unused; signal output c; signal s[4];
    s[0] <== a * a;
    for (var i = 1; i < 4; i++) s[i] <== (s[i - 1] + 7 * a) * (s[i - 1] - 2);
    c <== s[3];
  }
  component main {public [unused]} = Main();`)

test.each([
  ['a circom circuit', circom.r1cs],
  ['a random circuit', writeR1cs(randomCircuit(new RandomSource(11)).circuit)],
  ['another random circuit', writeR1cs(randomCircuit(new RandomSource(12)).circuit)],
])('the key of %s equals snarkjs’ key with the same secrets, byte for byte', async (_name, r1cs) => {
  const expected = readSections(await snarkjsKey(r1cs), zkeyKind)
  const { zkey } = await developmentSetup(readR1cs(r1cs), { random: fixedSecrets(await beaconSecrets()) })
  const actual = readSections(zkey, zkeyKind)
  for (const [name, type] of Object.entries(zkeySection)) {
    if (type === zkeySection.contributions) continue
    expect(Buffer.compare(actual.get(type)!, expected.get(type)!), `section ${name}`).toBe(0)
  }
})
