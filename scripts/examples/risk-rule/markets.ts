/** Days of the three strategies, in ten-thousandths: usual ones … */
export const usual: readonly (readonly number[])[] = [
  [4, -4, 12],
  [28, 4, -20],
  [60, -12, 12],
  [44, 12, -28],
]

/** … some on which the first only rises … */
export const tempting: readonly (readonly number[])[] = [
  [260, -140, -84],
  [284, -124, -60],
  [300, -156, -92],
  [268, -100, -76],
]

/** … and one on which it falls. */
export const crash: readonly number[] = [-3_500, 20, 40]
