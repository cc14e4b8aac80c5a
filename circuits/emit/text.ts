/** Circom text: indentation, literals, names. */

/** Lines of Circom, indented by block. */
export class CircomText {
  private readonly lines: string[] = []
  private depth = 0

  line(text = ''): this {
    this.lines.push(text === '' ? '' : '  '.repeat(this.depth) + text)
    return this
  }

  /** `head { body }`. */
  block(head: string, body: () => void): this {
    this.line(`${head} {`)
    this.depth++
    body()
    this.depth--
    return this.line('}')
  }

  /** Nested loops `for (var name = 0; name < count; name++)`; loops of one turn stay, so that names exist. */
  loops(counts: readonly (readonly [name: string, count: number])[], body: () => void): this {
    const [first, ...rest] = counts
    if (!first) {
      body()
      return this
    }
    const [name, count] = first
    return this.block(`for (var ${name} = 0; ${name} < ${count}; ${name}++)`, () => this.loops(rest, body))
  }

  /** `var name[n] = [...]`, wrapped. */
  numbers(name: string, values: ArrayLike<number | bigint>): this {
    if (values.length === 0) return this
    const [first, ...wrapped] = wrapNumbers(values)
    if (wrapped.length === 0) return this.line(`var ${name}[${values.length}] = [${first}];`)
    this.line(`var ${name}[${values.length}] = [`)
    for (const row of [first!, ...wrapped]) this.line(`  ${row}`)
    return this.line('];')
  }

  /** `var name[m][n] = [[...], ...]`: tables of one length. */
  tables(name: string, tables: readonly (readonly number[])[]): this {
    this.line(`var ${name}[${tables.length}][${tables[0]!.length}] = [`)
    tables.forEach((table, i) => {
      this.line('  [')
      for (const row of wrapNumbers(table)) this.line(`    ${row}`)
      this.line(i + 1 < tables.length ? '  ],' : '  ]')
    })
    return this.line('];')
  }

  /** `var name = value` when all values are equal (read as `name`), else an array (read as `name[index]`). */
  numbersBy(name: string, index: string, values: readonly number[]): string {
    if (values.every((value) => value === values[0])) return String(values[0])
    this.numbers(name, values)
    return `${name}[${index}]`
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`
  }
}

/** Numbers in rows of about 100 characters, with the commas between them. */
function wrapNumbers(values: ArrayLike<number | bigint>): string[] {
  const rows: string[] = []
  let row = ''
  for (const value of Array.from(values)) {
    const item = value === 0 ? '0' : String(value)
    if (row.length + item.length > 100) {
      rows.push(row.trimEnd())
      row = ''
    }
    row += `${item}, `
  }
  return [...rows, row.slice(0, -2)]
}

/** Words of Circom, and what the emitted text declares beside layers: signals and loop variables. */
const reserved: ReadonlySet<string> = new Set([
  ...'pragma include template function component main bus parallel public signal input output'.split(' '),
  ...'var if else for while do return log assert'.split(' '),
  ...'Bits OpenBits ReluRescale Rescale Table PositivePart Sign Permutation Inference Network'.split(' '),
  ...'inference context contextSquare salt inputCommitment packedInputs outputs word first'.split(' '),
  ...'best started position row column matrix last lowest excess sum part'.split(' '),
  // Layers with hidden weights.
  ...'weights blinding blindingSquare taps fixed rest previous shared across products point at to'.split(' '),
  // Prefixes of what is made of the names of inputs and outputs.
  ...'in out'.split(' '),
  ...'b c e f g i j k n o t u w x y'.split(' '),
])

/** Looks like one of the numbered components that the emitted text makes. */
const numbered = /^(sign|absorb)\d*$/

/** Turns free names into distinct Circom identifiers. */
export class Names {
  private readonly taken = new Set<string>(reserved)

  /**
   * An identifier that resembles `name` and was not given before. It has no underscore, so that what is derived
   * from it (`name_weight`) is no other's name.
   */
  take(name: string): string {
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
    const joined = words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('')
    const start = /^[A-Za-z]/.test(joined) && !numbered.test(joined) ? joined : `v${joined}`
    let candidate = start
    for (let i = 2; this.taken.has(candidate); i++) candidate = `${start}${i}`
    this.taken.add(candidate)
    return candidate
  }
}
