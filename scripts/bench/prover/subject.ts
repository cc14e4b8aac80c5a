import { readFile } from 'node:fs/promises'
import { parseDataset, stackedRows } from '#circuits/data/dataset.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { loadBundle, readBundleFile } from '#prover/bundle/load.js'
import type { ZkeyFile } from '#prover/prover.js'
import { circuitSignals } from '#prover/witness/signals.js'
import { Witnesses, type WitnessMethod } from '#prover/witness/witnesses.js'

/** A circuit to prove; plain JSON. */
export interface Subject {
  readonly name: string
  readonly kind: 'synthetic' | 'model' | 'given'
  readonly zkey: ZkeyFile
  /** A `.wtns`; or a bundle and rows, whose witnesses count as a part of the proof. */
  readonly witness: string | { readonly bundle: string; readonly rows: string }
}

/** Makes the bytes of a `.wtns` for a round. */
export type WitnessSource = (round: number) => Promise<Uint8Array>

/** @param method by which the witnesses of a bundle are computed */
export async function witnessSource({ witness }: Subject, method: WitnessMethod): Promise<WitnessSource> {
  if (typeof witness === 'string') {
    const bytes = await readFile(witness)
    return async () => bytes
  }
  const bundle = await loadBundle(witness.bundle)
  const { model, manifest } = bundle
  const rows = parseDataset(await readFile(witness.rows), withBatch(model, 1).inputs)
  const plan = await readBundleFile(bundle, 'witness.plan')
  const witnesses = Witnesses.load(plan, () => readBundleFile(bundle, 'circuit.wasm'), method)
  const salt = manifest.inputMode === 'hashed' ? 5n : null
  return (round) => {
    const { integers } = quantiseInputs(model, stackedRows(rows, round * model.batch, model.batch))
    return witnesses.calculate(circuitSignals(bundle, integers, salt, 7n))
  }
}
