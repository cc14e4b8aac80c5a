import type { DataLimits } from '#circuits/data/limits.js'

/** What uploaded calibration data may become when they are unpacked. */
export const uploadLimits: DataLimits = {
  arrayBytes: 128 * 2 ** 20,
  arrays: 64,
  elements: 16 * 2 ** 20,
}

/** Rows that an estimate looks at: what the rows show hardly changes the size of the circuit. */
export const estimateRows = 16
