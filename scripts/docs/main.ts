/** Writes the generated tables of the documentation: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { serviceReadmePath, withTables } from '#scripts/docs/service-readme.js'

writeFileSync(serviceReadmePath, withTables(readFileSync(serviceReadmePath, 'utf8')))
