import { constants, open } from 'node:fs/promises'

/**
 * The bytes of a regular file. Others, which a bundle from elsewhere may hold, could make the reader wait or read for
 * ever.
 * @throws Error of the system, or where the path leads to no regular file
 */
export async function readRegularFile(path: string): Promise<Uint8Array> {
  // Opening a pipe that nobody writes to would wait.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!(await file.stat()).isFile()) throw new Error(`"${path}" is no regular file`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}
