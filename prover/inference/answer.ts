import type { QOutput } from '#circuits/qmodel/qmodel.js'

/** Numbers of an output's answer: classes or flags; null where it holds real numbers that name no class. */
export type Answer = readonly number[] | null

/** The answer that real numbers of an output give, or that stands in `values` already. */
export function answerOf(
  { meaning }: Pick<QOutput, 'meaning'>,
  values: ArrayLike<number>,
  isAnswer: boolean,
  count: number,
): Answer {
  if (isAnswer) return Array.from(values)
  switch (meaning.kind) {
    case 'values':
      return null
    case 'scores':
    case 'class':
      return largest(values, 1)
    case 'classes':
      return largest(values, count)
    case 'flags':
      return Array.from(values, (value) => Number(value >= meaning.threshold))
  }
}

/** Whether two answers say the same; the order of several classes does not count. */
export function sameAnswer(
  a: readonly number[],
  b: readonly number[],
  { meaning }: Pick<QOutput, 'meaning'>,
): boolean {
  if (meaning.kind !== 'classes') return a.every((value, i) => value === b[i])
  const set = new Set(b)
  return a.every((value) => set.has(value))
}

/** Indices of the largest values, of a tie the lowest first. */
function largest(values: ArrayLike<number>, count: number): number[] {
  return Array.from(values, (value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index)
}
