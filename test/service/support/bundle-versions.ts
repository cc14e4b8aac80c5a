import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '#prover/bundle/manifest.js'
import { manifestText } from '#prover/bundle/manifest-text.js'

/** The manifest of a bundle, as it stands there. */
export function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
}

/** A copy of a bundle with another manifest, whose digest is right; the files are the same. */
export function changedBundle(
  directory: string,
  target: string,
  change: (manifest: Manifest) => object,
): Manifest {
  cpSync(directory, target, { recursive: true })
  const { digest: _, ...body } = manifestIn(directory)
  writeFileSync(join(target, 'manifest.json'), manifestText({ ...body, ...change(manifestIn(directory)) }))
  return manifestIn(target)
}
