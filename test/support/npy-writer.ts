import { zipSync } from 'fflate'

/** An array in NumPy's `.npy` format; `descr` as NumPy writes it, such as `<f4`. */
export function npy(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
  { version = 1, fortran = false }: { readonly version?: 1 | 2; readonly fortran?: boolean } = {},
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const order = fortran ? 'True' : 'False'
  const header = new TextEncoder().encode(
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${tuple}, }\n`,
  )
  const length = version === 1 ? [header.length & 255, header.length >> 8] : [header.length, 0, 0, 0]
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return Uint8Array.from([...magic, ...length, ...header, ...bytes])
}

/** A `.npz` archive of such arrays. */
export function npz(arrays: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, data]) => [`${name}.npy`, data])))
}
