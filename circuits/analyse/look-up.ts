/** Cost of a look-up by key bits, as `Table` of circuits/lib/table.circom carries it out. */

/** Number of lower key bits whose monomials a look-up makes, and what that costs. */
export interface LookUp {
  readonly lowBits: number
  readonly constraints: number
}

/**
 * The cheapest look-up in a table of 2^k entries. About half of the key bits is best where the entries are any
 * numbers, fewer where large parts of the table are sums of bits.
 * @param absorbs whether the last product defines the result; else the result is used in a further product
 * @param lowestIsSum whether the lowest key bit is a sum rather than a wire
 */
export function cheapestLookUp(table: readonly number[], absorbs: boolean, lowestIsSum: boolean): LookUp {
  const most = halfOfKey(table)
  const choices = Array.from({ length: Math.min(4, most + 1) }, (_, less) => {
    const lowBits = most - less
    return { lowBits, constraints: lookUpConstraints(table, lowBits, absorbs, lowestIsSum) }
  })
  return choices.reduce((best, choice) => (choice.constraints < best.constraints ? choice : best))
}

/** Half of the key bits of a table, rounded up. */
export function halfOfKey(table: readonly number[]): number {
  return Math.ceil(Math.log2(table.length) / 2)
}

/** Constraints of a look-up: products of lower bits, choices between parts of the table, and the result. */
export function lookUpConstraints(
  table: readonly number[],
  lowBits: number,
  absorbs: boolean,
  lowestIsSum: boolean,
): number {
  const sets = 2 ** lowBits
  const levels = Math.log2(table.length) - lowBits
  let parts = Array.from({ length: 2 ** levels }, (_, part) =>
    monomialFactors(table, part * sets, sets, levels),
  )
  let constraints = neededMonomials(parts, sets)
  let choices = 0
  let lastChooses = false
  for (let level = 0; level < levels; level++) {
    const made = new Map<string, number>()
    parts = parts.flatMap((low, i) => {
      if (i % 2 === 1) return []
      const difference = parts[i + 1]!.map((factor, column) => factor - low[column]!)
      low[sets + level]! += difference[0]!
      difference[0] = 0
      if (difference.some((factor) => factor !== 0)) {
        const key = difference.join()
        if (!made.has(key)) made.set(key, sets + levels + choices++)
        low[made.get(key)!]! += 1
      }
      return [low]
    })
    constraints += made.size
    lastChooses = made.size > 0
  }
  if (!absorbs || lastChooses) return constraints
  return constraints + (isWire(parts[0]!, lowestIsSum) ? 0 : 1)
}

/** Factors of the monomials of lower bits in one part of the table (a Möbius transform), then room for later wires. */
function monomialFactors(
  table: readonly number[],
  first: number,
  sets: number,
  levels: number,
): Float64Array {
  const factors = new Float64Array(sets + levels + 2 ** levels)
  for (let set = 0; set < sets; set++) factors[set] = table[first + set]!
  for (let bit = 1; bit < sets; bit *= 2) {
    for (let set = 0; set < sets; set++) if (set & bit) factors[set]! -= factors[set - bit]!
  }
  return factors
}

/** Products that make the monomials: each from the one without its lowest bit. */
function neededMonomials(parts: readonly Float64Array[], sets: number): number {
  const needed = Array.from({ length: sets }, (_, set) => parts.some((factors) => factors[set] !== 0))
  let products = 0
  for (let set = sets - 1; set > 0; set--) {
    const rest = set & (set - 1)
    if (!needed[set] || rest === 0) continue
    needed[rest] = true
    products++
  }
  return products
}

/** Whether a sum is one wire as it is, which circom merges with the result. */
function isWire(factors: Float64Array, lowestIsSum: boolean): boolean {
  const named = Array.from(factors.keys()).filter((column) => factors[column] !== 0)
  return named.length === 1 && named[0]! > 0 && factors[named[0]!] === 1 && !(lowestIsSum && named[0] === 1)
}
