import { type Element, formElement, type WireTable } from '#circuits/analyse/element.js'
import { type AffineForm, FormSum, type Interval } from '#circuits/analyse/form.js'
import type { QMatMul } from '#circuits/qmodel/qmodel.js'

export interface TracedMatMul {
  /** Which elements are numbers, so that a product with them costs nothing; null where none is. */
  readonly constants: { readonly left: readonly boolean[]; readonly right: readonly boolean[] } | null
  readonly constraints: number
  readonly elements: Element[]
}

/**
 * Products of matrices whose elements are both signals: one constraint per product of two forms; the last one of a
 * sum defines the result as one wire.
 */
export function traceMatMul(
  { batch, rows, depth, columns }: QMatMul,
  left: readonly Element[],
  right: readonly Element[],
  wires: WireTable,
): TracedMatMul {
  const sum = new FormSum()
  const elements: Element[] = []
  let constraints = 0
  for (let row = 0; row < batch * rows; row++) {
    const matrix = Math.floor(row / rows)
    for (let column = 0; column < columns; column++) {
      const pairs = Array.from({ length: depth }, (_, k) => {
        return [left[row * depth + k]!, right[(matrix * depth + k) * columns + column]!] as const
      })
      const products = pairs.filter(([a, b]) => a.form.symbolic && b.form.symbolic)
      constraints += products.length
      if (products.length === 0) {
        sum.start(0)
        for (const [a, b] of pairs) {
          if (a.form.symbolic) sum.add(a.form, b.form.constant)
          else sum.add(b.form, a.form.constant)
        }
        elements.push(formElement(sum.finish(), wires))
      } else {
        const ranges = pairs.map(([a, b]) => productInterval(a, b))
        const add = (end: keyof Interval) => ranges.reduce((total, range) => total + range[end], 0)
        elements.push(formElement(wires.add(add('lo'), add('hi')), wires))
      }
    }
  }
  const known = (factors: readonly Element[]) => factors.map(({ form }) => !form.symbolic)
  const constants = { left: known(left), right: known(right) }
  const hasConstants = constants.left.includes(true) || constants.right.includes(true)
  return { constants: hasConstants ? constants : null, constraints, elements }
}

/** Range of a product; a square is never negative. */
function productInterval(a: Element, b: Element): Interval {
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]
  const [lo, hi] = [Math.min(...corners), Math.max(...corners)]
  if (!sameForm(a.form, b.form)) return { lo, hi }
  return { lo: a.lo <= 0 && a.hi >= 0 ? 0 : Math.min(a.lo * a.lo, a.hi * a.hi), hi }
}

function sameForm(a: AffineForm, b: AffineForm): boolean {
  return (
    a.constant === b.constant &&
    a.wires.length === b.wires.length &&
    a.wires.every((wire, i) => b.wires[i] === wire && a.factors[i] === b.factors[i])
  )
}
