import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import { constraintsTableText } from '#scripts/docs/constraints-table.js'
import { operatorTableText } from '#scripts/docs/operator-table.js'
import { replaceSection } from '#scripts/docs/replace-section.js'

export const projectReadmePath: string = join(packageRoot, 'README.md')

/** The project's README with its generated tables as the sources have them. */
export function withProjectTables(text: string): string {
  const withOperators = replaceSection(text, 'operators', operatorTableText())
  return replaceSection(withOperators, 'constraints', constraintsTableText())
}
