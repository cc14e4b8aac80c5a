import type { GroupName } from '#prover/setup/group.js'

/** One run of multiples of a generator; crosses thread borders. */
export interface MultiplyTask {
  readonly group: GroupName
  readonly windowBits: number
  /** 32 bytes each; overwritten when the task is done. */
  readonly scalars: Uint8Array<ArrayBuffer>
}

/** Bytes of an affine point. */
export function pointBytes(group: GroupName): number {
  return group === 'g1' ? 64 : 128
}
