/** The part of circom_runtime 0.1.28 that is used here; it ships no types. */
declare module 'circom_runtime' {
  export interface Calculator {
    /** The bytes of a `.wtns`; with `sanityCheck` every constraint is checked on the way. */
    calculateWTNSBin(
      inputs: Readonly<Record<string, bigint | readonly bigint[]>>,
      sanityCheck: number | boolean,
    ): Promise<Uint8Array>
  }

  export function WitnessCalculatorBuilder(
    code: Uint8Array,
    options?: { readonly memorySize?: number },
  ): Promise<Calculator>
}
