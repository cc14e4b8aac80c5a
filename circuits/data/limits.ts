/** What a data file may cost to read; beyond it is `INVALID_DATA`. */
export interface DataLimits {
  /** Bytes of one array, unpacked. */
  readonly arrayBytes: number
  /** Arrays in an archive. */
  readonly arrays: number
  /** Elements of one array. */
  readonly elements: number
}

/** Room for 10,000 images of 3×32×32 in float64. */
export const defaultDataLimits: DataLimits = {
  arrayBytes: 512 * 2 ** 20,
  arrays: 64,
  elements: 64 * 2 ** 20,
}
