import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

/**
 * The local path of what a record's URI names below a folder, null where there is none.
 *
 * URIs come from whoever made a record: only plain relative paths are looked up, and links that lead out of the folder
 * are not followed.
 */
export async function localFile(folder: string, uri: string): Promise<string | null> {
  if (!isPlainPath(uri)) return null
  const [root, path] = await Promise.all([
    realpath(folder).catch(() => null),
    realpath(join(folder, uri)).catch(() => null),
  ])
  if (root === null || path === null) return null
  return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null
}

/** Whether a URI is a relative path without anything that leads elsewhere. */
export function isPlainPath(uri: string): boolean {
  if (uri === '' || /[\0\\:%?#]/.test(uri)) return false
  return uri.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
