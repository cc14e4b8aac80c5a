import { bandEdges, bandOf, lanesOf, tick } from '#scripts/models/cold-chain/readings.js'
import type { Random } from '#scripts/models/random.js'

/** A step of a journey: what the logger counts, and what it took of the shelf life, in hours at 0 °C. */
export interface SimulatedStep {
  readonly lanes: readonly number[]
  readonly loss: number
}

/** Where a lot may be: the temperature it tends to in °C and how that varies, ticks there, how dry, openings a tick. */
const places = [
  { share: 0.4, mean: 0.5, spread: 0.8, ticks: [8, 190], dry: 0.05, openings: 0.01 },
  { share: 0.25, mean: 2.5, spread: 1.2, ticks: [8, 190], dry: 0.15, openings: 0.03 },
  { share: 0.2, mean: 5, spread: 2.5, ticks: [1, 60], dry: 0.3, openings: 0.2 },
  { share: 0.1, mean: 13, spread: 5, ticks: [1, 30], dry: 0.5, openings: 0.3 },
  { share: 0.05, mean: 18, spread: 5, ticks: [4, 120], dry: 0.6, openings: 0.05 },
] as const

const minutes = tick / 60
/** Share of the way to its surroundings that a lot goes in a minute. */
const warming = 0.004

/**
 * Fresh fish on its way. It spoils (1 + T/10)² times as fast at T °C as at 0 °C, the square-root rule of Olley and
 * Ratkowsky; dry air adds 15 %, and each opening warms the surface for ten minutes by 3 to 9 °C, which the probe
 * in the middle does not see.
 */
export function simulateJourney(random: Random): SimulatedStep[] {
  let temperature = 0.5 + random()
  return Array.from({ length: 3 + Math.floor(8 * random()) }, () => {
    const place = placeOf(random())
    const outside = place.mean + place.spread * (random() + random() + random() - 1.5)
    const [least, most] = place.ticks
    const count = least + Math.floor((most - least + 1) * random() ** 2)
    const [dryness, busyness] = [place.dry * 2 * random(), place.openings * 2 * random()]
    const bands = new Array<number>(bandEdges.length + 1).fill(0)
    let [openings, dry, loss] = [0, 0, 0]
    for (let k = 0; k < count; k++) {
      const isDry = random() < dryness
      const isOpened = random() < busyness
      let sum = 0
      for (let minute = 0; minute < minutes; minute++) {
        temperature += (outside + 2 * (random() - 0.5) - temperature) * warming
        sum += temperature
        const felt = temperature + (isOpened && minute < 10 ? 3 + 6 * random() : 0)
        loss += ((1 + Math.max(felt, -2) / 10) ** 2 / 60) * (isDry ? 1.15 : 1)
      }
      bands[bandOf(sum / minutes)]!++
      openings += Number(isOpened)
      dry += Number(isDry)
    }
    return { lanes: lanesOf({ bands, openings, dry }), loss }
  })
}

/** The place whose part of the shares a draw in [0, 1) falls into. */
function placeOf(draw: number): (typeof places)[number] {
  let left = draw
  for (const place of places) {
    left -= place.share
    if (left < 0) return place
  }
  return places[0]
}
