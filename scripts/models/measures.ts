/** The chance that a row with the label scores above one without (area under the ROC curve). */
export function areaUnderCurve(scores: readonly number[], labels: readonly boolean[]): number {
  const ranked = scores.map((value, k) => ({ value, k })).sort((a, b) => a.value - b.value)
  const sum = ranked.reduce((total, { k }, rank) => total + (labels[k] ? rank + 1 : 0), 0)
  const count = labels.filter(Boolean).length
  return (sum - (count * (count + 1)) / 2) / (count * (labels.length - count))
}

/** To four digits. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
