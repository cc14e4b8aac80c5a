import { rounded } from '#scripts/bench/render/markdown.js'

/** Milliseconds as seconds. */
export function seconds(milliseconds: number): number | null {
  return rounded(milliseconds / 1000)
}

/** Bytes as megabytes of 10^6. */
export function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : rounded(bytes / 1e6)
}

/** A share as a percentage with two digits after the point. */
export function percent(share: number | null): string | null {
  return share === null ? null : `${(share * 100).toFixed(2)} %`
}
