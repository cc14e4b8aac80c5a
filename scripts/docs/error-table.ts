import { errorTable } from '#circuits/error-table.js'

/** The error table as Markdown. */
export function errorTableText(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, summary, hint }]) => `| \`${code}\` | ${status} | ${summary} | ${hint} |`,
  )
  return ['| code | status | meaning | what to do |', '|---|---|---|---|', ...rows].join('\n')
}
