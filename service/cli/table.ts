import { printableLine } from '#service/cli/printable.js'

/** A cell of a table for people; numbers stand to the right. */
export type Cell = string | number | null

/** Rows in aligned columns, with a head. Numbers get separators between thousands. */
export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] !== 'string'))
  const lines = [head, ...rows].map((row) => row.map(formatCell))
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines
    .map((line) =>
      line
        .map((text, i) => (numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values, one a line. */
export function formatFacts(facts: readonly (readonly [name: string, value: Cell])[]): string {
  const lines = facts.map((fact) => fact.map(formatCell) as [string, string])
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** A tensor's shape as 1×28×28. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×')
}

function formatCell(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell === 'string') return printableLine(cell)
  return cell.toLocaleString('en-US', { maximumFractionDigits: 4 })
}
