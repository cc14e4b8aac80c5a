/** Which back end proves; `auto` is the native one where it was built, else the same as WebAssembly. */
export const backends = ['auto', 'native', 'wasm', 'snarkjs'] as const

export type Backend = (typeof backends)[number]
