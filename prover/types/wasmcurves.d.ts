/** The prebuilt BN254 module of wasmcurves 0.2.2: WebAssembly code in base64 and addresses of its constants. */
declare module 'wasmcurves/build/bn128_wasm.js' {
  const bn128: {
    readonly code: string
    readonly pG1gen: number
    readonly pG2gen: number
    readonly pOneT: number
    /** Bytes of a point of G1, and of G2, made ready for the Miller loop. */
    readonly prePSize: number
    readonly preQSize: number
  }
  export default bn128
}
