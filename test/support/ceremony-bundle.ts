import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { enterCurve, leaveCurve } from '#prover/backends/snarkjs-curve.js'
import { buildBundle } from '#prover/bundle/build.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { beginCeremony } from '#prover/ceremony/begin.js'
import { applyBeacon, contribute } from '#prover/ceremony/contribute.js'
import { exportCeremony } from '#prover/ceremony/export.js'
import { findCeremony } from '#prover/ceremony/folder.js'
import { findMaterials } from '#prover/ceremony/materials.js'
import { findTau, importTau } from '#prover/ceremony/tau-store.js'
import { beaconValue, makePowers } from './powers-of-tau.js'
import type { TinySource } from './tiny-source.js'

/** Rows of the ceremony's circuit: 2^7, for which powers of tau take seconds. */
export const ceremonyPower = 7
/** Milliseconds: a build and a ceremony beside other work on two cores. */
export const ceremonyTimeout = 400_000

/** A bundle of a tiny source, small enough for powers of tau that a test makes. */
export async function smallBundle({ onnx, graph, calibration }: TinySource, dir: string): Promise<Bundle> {
  await buildBundle(onnx, graph, calibration, dir, {
    ...{ bits: 8, output: 'logits', input: 'public', minAgreement: 0 },
  })
  return loadBundle(dir)
}

/** A bundle whose key a ceremony of one contributor made, in a new folder. */
export async function ceremonyBundle(source: TinySource, folder: string): Promise<Bundle> {
  mkdirSync(folder, { recursive: true })
  const store = join(folder, 'store')
  const [dir, out] = [join(folder, 'ceremony'), join(folder, 'production')]
  const bundle = await smallBundle(source, join(folder, 'bundle'))
  const { contributed } = await makePowers(folder, ceremonyPower)
  // One engine of snarkjs for all steps.
  enterCurve()
  try {
    const { sha256 } = await importTau(contributed, { store })
    await beginCeremony(bundle, await findTau(sha256, { store }), dir)
    await contribute(dir, { name: 'Ada' })
    await applyBeacon(dir, { name: 'beacon', value: beaconValue, iterations: 10 })
    const place = await findCeremony(dir)
    await exportCeremony(place, bundle, await findMaterials(place, { store, bundle }), out)
  } finally {
    await leaveCurve()
  }
  return loadBundle(out)
}
