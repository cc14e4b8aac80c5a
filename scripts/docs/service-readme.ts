import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'
import { configurationTableText } from '#scripts/docs/configuration-table.js'
import { errorTableText } from '#scripts/docs/error-table.js'
import { replaceSection } from '#scripts/docs/replace-section.js'

export const serviceReadmePath: string = join(packageRoot, 'service', 'README.md')

/** The service's README with its generated tables as the sources have them. */
export function withTables(text: string): string {
  const withErrors = replaceSection(text, 'errors', errorTableText())
  return replaceSection(withErrors, 'configuration', configurationTableText())
}
