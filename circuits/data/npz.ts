import { unzipSync } from 'fflate'
import { type DataLimits, defaultDataLimits } from '#circuits/data/limits.js'
import { parseNpy } from '#circuits/data/npy.js'
import type { NumericArray } from '#circuits/data/numeric-array.js'
import { ZkserveError } from '#circuits/errors.js'

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

/**
 * Reads the arrays of a `.npz` archive that `wanted` names; others stay packed.
 * Throws `INVALID_DATA` for what is no archive or exceeds a limit when unpacked.
 */
export function parseNpz(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  limits: DataLimits = defaultDataLimits,
): ReadonlyMap<string, NumericArray> {
  const files = unzip(bytes, wanted, limits)
  return new Map(
    Object.entries(files).map(([file, data]) => {
      const name = arrayName(file)
      return [name, parseNpy(data, `array "${name}"`, limits)]
    }),
  )
}

function arrayName(file: string): string {
  return file.replace(/\.npy$/, '')
}

function unzip(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  limits: DataLimits,
): Readonly<Record<string, Uint8Array>> {
  let arrays = 0
  try {
    return unzipSync(bytes, {
      // The unpacker writes no more than this size, whatever the packed data would give.
      filter({ name, originalSize }) {
        if (++arrays > limits.arrays) refuse(`the archive holds more than ${limits.arrays} files`)
        if (!wanted.has(arrayName(name))) return false
        if (originalSize > limits.arrayBytes)
          refuse(`array "${name}" is larger than ${limits.arrayBytes} bytes`)
        return true
      },
    })
  } catch (cause) {
    if (cause instanceof ZkserveError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZkserveError('INVALID_DATA', `the archive cannot be read: ${reason}`, { cause })
  }
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_DATA', message)
}
