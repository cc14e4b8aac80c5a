/** The part of snarkjs 0.7.6 that is used here and in tests; it ships no types. */
declare module 'snarkjs' {
  type VerificationKey = import('#prover/groth16.js').VerificationKey
  type Groth16Proof = import('#prover/groth16.js').Groth16Proof
  type ProofWithSignals = { proof: Groth16Proof; publicSignals: string[] }

  /** A path, the bytes of a file, or a file in memory: an object that receives `data`. */
  type File = string | Uint8Array | { type: 'mem'; data?: Uint8Array }

  /** ffjavascript's engine of a curve. */
  interface Curve {
    readonly tm: { readonly singleThread: boolean | undefined }
    terminate(): Promise<void>
  }

  export const curves: {
    getCurveFromName(name: 'bn128', options?: { singleThread?: boolean }): Promise<Curve>
  }
  export const groth16: {
    prove(
      zkey: File,
      witness: File,
      logger?: undefined,
      options?: { singleThread?: boolean },
    ): Promise<ProofWithSignals>
    fullProve(input: Readonly<Record<string, unknown>>, wasm: File, zkey: File): Promise<ProofWithSignals>
    verify(
      key: VerificationKey,
      publicSignals: readonly string[],
      proof: Groth16Proof,
      logger?: unknown,
    ): Promise<boolean>
  }
  export const wtns: {
    calculate(input: Readonly<Record<string, unknown>>, wasm: File, witness: File): Promise<void>
    check(r1cs: File, witness: File, logger?: unknown): Promise<boolean>
  }
  export const powersOfTau: {
    contribute(from: File, to: File, name: string, entropy: string, logger?: unknown): Promise<unknown>
    newAccumulator(curve: Curve, power: number, file: File, logger?: unknown): Promise<unknown>
    beacon(
      from: File,
      to: File,
      name: string,
      beaconHash: string,
      iterationsPower: number,
      logger?: unknown,
    ): Promise<unknown>
    verify(file: File, logger?: unknown): Promise<boolean>
    preparePhase2(from: File, to: File, logger?: unknown): Promise<unknown>
  }
  export const zKey: {
    contribute(from: File, to: File, name: string, entropy: string, logger?: unknown): Promise<unknown>
    newZKey(r1cs: File, powersOfTau: File, zkey: File, logger?: unknown): Promise<Uint8Array>
    beacon(
      from: File,
      to: File,
      name: string,
      beaconHash: string,
      iterationsPower: number,
      logger?: unknown,
    ): Promise<unknown>
    verifyFromR1cs(r1cs: File, powersOfTau: File, zkey: File, logger?: unknown): Promise<boolean>
    exportVerificationKey(zkey: File, logger?: unknown): Promise<VerificationKey>
  }
}
