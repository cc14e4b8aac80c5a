import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'

/** Public signals of the model with which the contracts' gas snapshot is made. */
const snapshotSignals = 4

/** Gas of each element of a batch as the contracts' tests measured it; null for another number of public signals. */
export async function snapshotBatchGas(batchSize: number, publicSignals: number): Promise<number | null> {
  if (publicSignals !== snapshotSignals) return null
  const path = join(packageRoot, 'verifier-contracts', 'snapshots', 'gas.json')
  const snapshot = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, string>>
  const gas = snapshot[`consumeBatch of ${batchSize}, each`]
  return gas === undefined ? null : Number(gas)
}
