import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'

/** The version that package.json gives. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
