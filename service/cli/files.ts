import { readFile, stat } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'

/** Largest file that is read, in bytes; what a file may hold is limited by its parser. */
const largestFile = 2 ** 30

/**
 * The bytes of a file, or of standard input where the path is `-`.
 * @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_DATA` for more than 1 GiB
 */
export async function readSource(path: string): Promise<Uint8Array> {
  if (path === '-') return readStandardInput()
  const found = await stat(path).catch(() => null)
  if (found === null) throw new ZkserveError('FILE_NOT_FOUND', `"${path}" does not exist`)
  if (found.isDirectory()) throw new ZkserveError('FILE_NOT_FOUND', `"${path}" is a directory`)
  if (found.size > largestFile) throw tooLarge(path)
  return readFile(path).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be read`, { cause })
  })
}

/** The JSON value of a file or of standard input. @throws as {@link readSource}, and `code` for what is no JSON */
export async function readJson(path: string, code: 'INVALID_INPUT' | 'INVALID_PROOF'): Promise<unknown> {
  const bytes = await readSource(path)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    const name = path === '-' ? 'standard input' : `"${path}"`
    throw new ZkserveError(code, `${name} is not JSON`, { cause })
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestFile) throw tooLarge('standard input')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(name: string): ZkserveError {
  return new ZkserveError('INVALID_DATA', `"${name}" is larger than 1 GiB`)
}
