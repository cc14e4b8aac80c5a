import { normalOf, type Random } from '#scripts/models/random.js'
import { changesSeen, lanesOf, strategies } from '#scripts/models/strategy-outlook/features.js'

/** A day on a simulated market: what the model sees, and what came of it. */
export interface LabelledDay {
  readonly lanes: readonly number[]
  /** By strategy: 1 for the one that gained most in the next days, if it gained. */
  readonly labels: readonly number[]
  /** By strategy: change of the price in the next days, in ten-thousandths. */
  readonly ahead: readonly number[]
}

const days = 60
const daysAhead = 5

/** Drift of a strategy's price in each of its regimes, in ten-thousandths a day. */
const drifts = [25, 0, -50] as const
const regimeLasts = 12
const noise = { own: 35, common: 15 } as const

/**
 * Sixty days of three strategies. Each rises, rests or falls for twelve days on average; what all share and what is
 * each one's own is normal noise. So the past tells a little of the next days, and no more.
 */
export function simulateMarket(random: Random): LabelledDay[] {
  const normal = () => normalOf(random)
  const regimes = Array.from({ length: strategies }, () => Math.floor(drifts.length * random()))
  const courses: number[][] = Array.from({ length: strategies }, () => [])
  for (let day = 0; day < days; day++) {
    const common = noise.common * normal()
    for (let k = 0; k < strategies; k++) {
      if (random() < 1 / regimeLasts) regimes[k] = Math.floor(drifts.length * random())
      courses[k]!.push(drifts[regimes[k]!]! + common + noise.own * normal())
    }
  }
  return Array.from({ length: days - changesSeen - daysAhead }, (_, first) => {
    const today = first + changesSeen
    const ahead = courses.map((course) => sum(course.slice(today, today + daysAhead)))
    const best = Math.max(...ahead)
    return {
      lanes: lanesOf(courses.map((course) => course.slice(first, today))),
      labels: ahead.map((change) => Number(change === best && change > 0)),
      ahead,
    }
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
