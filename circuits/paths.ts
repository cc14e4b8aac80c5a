import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root: the nearest folder above this file with zkserve's package.json, from source and dist. */
export const packageRoot: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)))

/** A compiled file, such as `service/sandbox/import-child.js`, whether the caller runs compiled or not. */
export function distFile(relative: string): string {
  return join(packageRoot, 'dist', relative)
}

function findPackageRoot(folder: string): string {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string }
    if (name === 'zkserve') return folder
  }
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`no package.json of zkserve above ${import.meta.url}`)
  return findPackageRoot(parent)
}
