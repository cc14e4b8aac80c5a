import { operatorList } from '#circuits/import/operator-list.js'

/** The operators that are imported, as a Markdown table. */
export function operatorTableText(): string {
  const rows = operatorList.map(
    ({ operator, opsets: [first, last], remarks }) => `| ${operator} | ${first} to ${last} | ${remarks} |`,
  )
  return ['| operator | opsets | remarks |', '| --- | --- | --- |', ...rows].join('\n')
}
