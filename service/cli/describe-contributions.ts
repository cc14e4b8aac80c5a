import type { TranscriptEntry } from '#prover/ceremony/transcript.js'
import { formatTable } from '#service/cli/table.js'

/** Who contributed, and the hashes to compare with what they published. */
export function describeContributions(contributions: readonly TranscriptEntry[]): string {
  if (contributions.length === 0) return 'no contributions yet'
  const rows = contributions.map(({ name, hash, beacon }, index) => [
    `${index + 1}`,
    name,
    beacon === null ? hash : `${hash} (beacon ${beacon.value}, 2^${beacon.iterations} iterations)`,
  ])
  return formatTable(['#', 'name', 'hash'], rows)
}
