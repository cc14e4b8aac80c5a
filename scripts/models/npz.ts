import { zipSync } from 'fflate'

/** Numbers of a `.npz` file, row-major. */
export interface NamedArray {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** Arrays as a `.npz` file, by name, float32 or int32. Always the same bytes. */
export function arraysNpz(arrays: Readonly<Record<string, NamedArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, { shape, data }]) => {
    const type = data instanceof Float32Array ? '<f4' : '<i4'
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
    const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }\n`
    const header = new TextEncoder().encode(text)
    const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]
    return [`${name}.npy`, Uint8Array.from([...magic, ...header, ...new Uint8Array(data.buffer)])] as const
  })
  return zipSync(Object.fromEntries(files), { mtime: '2026-01-01T00:00:00Z' })
}
