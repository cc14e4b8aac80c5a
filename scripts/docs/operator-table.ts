import { operatorList } from '#circuits/import/operator-list.js'

/** The operators that are imported, as a Markdown table. */
export function operatorTableText(): string {
  const rows = operatorList.map(
    ({ operator, opsets: [first, last], cost, remarks }) =>
      `| ${operator} | ${first} to ${last} | ${cost} | ${remarks} |`,
  )
  const head = ['| operator | opsets | cost in constraints | remarks |', '| --- | --- | --- | --- |']
  return [...head, ...rows].join('\n')
}
