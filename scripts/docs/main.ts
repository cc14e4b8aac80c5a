/** Writes the generated tables of the documentation: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { projectReadmePath, withProjectTables } from '#scripts/docs/project-readme.js'
import { serviceReadmePath, withTables } from '#scripts/docs/service-readme.js'

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

rewrite(serviceReadmePath, withTables)
rewrite(projectReadmePath, withProjectTables)
