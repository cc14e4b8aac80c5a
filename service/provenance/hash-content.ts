import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'

/** First line of what is hashed of a folder; it keeps hashes of folders apart from those of files. */
const folderHeader = 'zkserve folder 1\n'

/** Bounds of a folder that is hashed. */
const limits = { files: 100_000, depth: 64 }

/** Names that one line of a listing can hold, and that mean the same on every system. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
const oddName = /[\u0000-\u001f\u007f\\\ufffd]/

/**
 * The content hash of a file or of a folder.
 *
 * A file: SHA-256 of its bytes. A folder: SHA-256 of the line "zkserve folder 1" and, for each file below it in the
 * order of their paths' UTF-8 bytes, a line of its SHA-256 in hex, two spaces, its path with "/". In a shell:
 * `(echo 'zkserve folder 1'; find * -type f | LC_ALL=C sort | xargs -d '\n' sha256sum) | sha256sum`, for a folder
 * without hidden files at its top. Empty folders, times and modes do not count.
 *
 * @throws ZkserveError `FILE_NOT_FOUND`; `INVALID_PROVENANCE` for a folder with links or special files, odd names, no
 *   files or too many
 */
export async function hashContent(path: string): Promise<Hex> {
  const found = await stat(path).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" does not exist`, { cause })
  })
  return `0x${found.isDirectory() ? await hashFolder(path) : await hashFile(path)}`
}

async function hashFolder(folder: string): Promise<string> {
  const paths = await filesBelow(folder)
  if (paths.length === 0) throw refused(folder, 'it holds no files')
  const sorted = paths.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
  const hash = createHash('sha256').update(folderHeader)
  for (const path of sorted) hash.update(`${await hashFile(join(folder, path))}  ${path}\n`)
  return hash.digest('hex')
}

/** Paths of all files below a folder, with "/". */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = []
  const visit = async (below: string, depth: number): Promise<void> => {
    if (depth > limits.depth) throw refused(folder, `it is deeper than ${limits.depth} folders`)
    for (const entry of await entriesOf(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (oddName.test(entry.name))
        throw refused(folder, 'a name in it has control characters or backslashes')
      if (entry.isDirectory()) await visit(path, depth + 1)
      else if (entry.isFile()) files.push(path)
      else throw refused(folder, `"${path}" is neither file nor folder`)
      if (files.length > limits.files) throw refused(folder, `it holds more than ${limits.files} files`)
    }
  }
  await visit('', 0)
  return files
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${folder}" cannot be read`, { cause })
  })
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    // Opening a pipe that nobody writes to would wait.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!(await file.stat()).isFile()) throw new Error('it is no regular file')
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be read`, { cause })
  }
  return hash.digest('hex')
}

function refused(folder: string, why: string): ZkserveError {
  return new ZkserveError('INVALID_PROVENANCE', `the folder "${folder}" has no canonical hash: ${why}`, {
    hints: ['Hash an archive of it instead, or remove what is odd.'],
  })
}
