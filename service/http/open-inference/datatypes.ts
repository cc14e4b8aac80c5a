/** Datatypes whose elements are whole numbers, with their ends; JSON holds those of 64 bits up to 2^53. */
const integers: Readonly<Record<string, readonly [low: number, high: number]>> = {
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
}

/** Datatypes of tensors that a request may give: all of the protocol that are numbers in JSON. */
export const requestDatatypes: readonly string[] = ['FP32', 'FP64', ...Object.keys(integers), 'BOOL']

/** Whether a number is one of the datatype's; of BOOL, 0 and 1. */
export function isOfDatatype(value: number, datatype: string): boolean {
  if (datatype === 'BOOL') return value === 0 || value === 1
  const range = integers[datatype]
  return range === undefined || (Number.isInteger(value) && range[0] <= value && value <= range[1])
}
