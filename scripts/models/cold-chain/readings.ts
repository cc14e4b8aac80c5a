/** What a logger counts over a step of a lot's journey; the model's second input, 0 to 255 each. */
export interface Readings {
  /** Ticks whose mean temperature lies in each band: below the first edge, between two, above the last. */
  readonly bands: readonly number[]
  /** Times that doors or boxes were opened. */
  readonly openings: number
  /** Ticks with a humidity below 85 %. */
  readonly dry: number
}

/** Seconds that a count of a band stands for. */
export const tick = 900

/** Between the bands, in °C. */
export const bandEdges = [1, 3, 5, 8, 12] as const

/** Hours of shelf life at 0 °C that the state's integers count: 1/128 h. */
export const stateUnit = 1 / 128

/** Largest state, 16 bits: about 512 hours. */
export const largestState = 65_535

/** Largest count of a lane. */
export const largestCount = 255

/** The band of a temperature in °C. */
export function bandOf(temperature: number): number {
  const band = bandEdges.findIndex((edge) => temperature < edge)
  return band < 0 ? bandEdges.length : band
}

/** The model's eight lanes, in the order in which contracts see them. @throws RangeError for what is no count */
export function lanesOf({ bands, openings, dry }: Readings): number[] {
  const lanes = [...bands, openings, dry]
  if (lanes.length !== laneCount || lanes.some((lane) => !Number.isInteger(lane) || lane < 0 || lane > 255))
    throw new RangeError(`no readings: ${lanes.join(', ')}`)
  return lanes
}

export const laneCount = bandEdges.length + 3
