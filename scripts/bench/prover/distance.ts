import type { NativeBuild } from '#prover/backends/native-addon.js'
import { type Multiplications, type ProofPart, proofParts } from '#scripts/bench/prover/count.js'

/** How far a part is from the time that its multiplications take alone. */
export interface PartDistance {
  readonly part: ProofPart | 'all'
  readonly multiplications: number
  /** Milliseconds of CPU time. */
  readonly limit: number
  readonly measured: number
}

export interface Distance {
  readonly build: NativeBuild
  /** Of one multiplication, measured in the same run. */
  readonly nanoseconds: number
  readonly parts: readonly PartDistance[]
}

/** @param stages CPU time of each part of a proof by one thread, in ms */
export function distanceOf(
  build: NativeBuild,
  nanoseconds: number,
  counts: Multiplications,
  stages: Readonly<Record<string, number>>,
): Distance {
  const parts = proofParts.map((part) => ({
    part,
    multiplications: counts[part],
    limit: (counts[part] * nanoseconds) / 1e6,
    measured: stages[part] ?? 0,
  }))
  const sum = (value: (part: PartDistance) => number) => parts.reduce((total, part) => total + value(part), 0)
  const all = {
    part: 'all' as const,
    multiplications: sum((part) => part.multiplications),
    limit: sum((part) => part.limit),
    measured: sum((part) => part.measured),
  }
  return { build, nanoseconds, parts: [...parts, all] }
}
