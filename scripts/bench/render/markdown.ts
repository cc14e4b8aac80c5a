/** A cell: numbers stand to the right, null is a dash. */
export type Cell = string | number | null

/** A Markdown table whose columns are aligned in plain text too. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] !== 'string'))
  const lines = [head, ...rows].map((row) => row.map(cellText))
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const pad = (text: string, column: number) =>
    numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)
  const rule = widths.map((width, column) =>
    numeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  const [top, ...body] = lines.map((line) => line.map(pad))
  return [top!, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** A number with so many digits after the point. */
export function fixed(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}

/** Three digits, whole from 100 on, and at most three of them after the point. */
export function rounded(value: number | null): number | null {
  if (value === null || value >= 100) return fixed(value, 0)
  return fixed(Number(value.toPrecision(3)), 3)
}

function cellText(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 6 })
  return cell.replaceAll('|', '\\|')
}
