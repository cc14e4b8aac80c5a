import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import { loadBundle, readManifest } from '#prover/bundle/load.js'
import { readProvingFiles } from '#prover/prove.js'
import { sha256File } from '#scripts/bench/prover/sha256-file.js'
import type { Subject } from '#scripts/bench/prover/subject.js'
import { runTask } from '#scripts/bench/run-task.js'
import { type BenchSource, benchSources } from '#scripts/bench/sources.js'

/** A synthetic circuit that fills the domain of 2^power rows; a key that stands in the folder is taken. */
export async function syntheticSubject(power: number, folder: string): Promise<Subject> {
  const file = (name: string) => join(folder, `synthetic-${power}.${name}`)
  const [zkey, quotient, witness] = [file('zkey'), file('quotient'), file('wtns')]
  const isKept = [zkey, quotient, witness].every((path) => existsSync(path))
  if (!isKept) await runTask('syntheticKey', { power, zkey, quotient, witness })
  const points = { path: quotient, sha256: await sha256File(quotient) }
  return {
    name: `2^${power}`,
    kind: 'synthetic',
    zkey: { path: zkey, sha256: await sha256File(zkey), quotient: points },
    witness,
  }
}

/** A model of the project, built in the folder. */
export async function modelSubject(source: BenchSource, folder: string): Promise<Subject> {
  const { name, onnx, test, weights, batch, calibration } = source
  const dir = join(folder, name)
  const rows = 'file' in calibration ? calibration.file : join(folder, `${name}.json`)
  if (!('file' in calibration)) {
    await runTask('prepare', { name, onnx, test, rows: calibration.firstTestRows, file: rows })
  }
  await runTask('build', { name, onnx, calibration: rows, dir, weights, batch })
  return bundleSubject(dir, rows)
}

/** A finished bundle of a model that the project has rows for, or a key with a witness. */
export async function givenSubject(given: string): Promise<Subject> {
  const [zkey, witness] = given.split(':')
  if (witness !== undefined) {
    const path = resolve(zkey!)
    const file = { path, sha256: await sha256File(path) }
    return { name: basename(path), kind: 'given', zkey: file, witness: resolve(witness) }
  }
  const dir = resolve(given)
  const { name } = await readManifest(dir)
  const source = benchSources({}).find((each) => each.name === name)
  if (source !== undefined && 'file' in source.calibration) {
    return bundleSubject(dir, source.calibration.file)
  }
  throw new ZkserveError('USAGE', `there are no rows for the bundle "${given}" of "${name}"`)
}

async function bundleSubject(dir: string, rows: string): Promise<Subject> {
  const bundle = await loadBundle(dir)
  const { zkey } = await readProvingFiles(bundle)
  const { name } = bundle.manifest
  return { name, kind: 'model', zkey, witness: { bundle: dir, rows } }
}
