/** The prebuilt BN254 module of wasmcurves 0.2.2: WebAssembly code in base64 and addresses of its constants. */
declare module 'wasmcurves/build/bn128_wasm.js' {
  const bn128: {
    readonly code: string
    readonly pG1gen: number
    readonly pG2gen: number
    readonly pOneT: number
  }
  export default bn128
}
