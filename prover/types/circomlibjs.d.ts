/** The part of circomlibjs 0.1.7 that is used here; it ships no types. */
declare module 'circomlibjs' {
  type FieldElement = Uint8Array

  export interface Poseidon {
    (inputs: readonly bigint[], initialState?: FieldElement): FieldElement
    readonly F: { e(value: bigint): FieldElement; toObject(value: FieldElement): bigint }
  }

  export function buildPoseidon(): Promise<Poseidon>
}
