import { readFileSync } from 'node:fs'
import { ZkserveError } from '#circuits/errors.js'
import { type ConfigName, configNames } from '#service/config/schema.js'

/** Largest file that is read, in bytes. */
const largest = 1_048_576

/**
 * Settings from a file: one JSON object, names and types as the schema has them.
 * @throws ZkserveError `FILE_NOT_FOUND`, `USAGE` for what is no such object
 */
export function readConfigFile(path: string): Readonly<Partial<Record<ConfigName, unknown>>> {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new ZkserveError('FILE_NOT_FOUND', `the configuration file "${path}" cannot be read`, { cause })
  }
  if (bytes.length > largest) refuse(path, 'it is larger than 1 MiB')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's message quotes the text, in which there may be a password.
    refuse(path, 'it is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(path, 'it is no JSON object')
  const unknown = Object.keys(value).find((name) => !configNames.includes(name as ConfigName))
  if (unknown !== undefined) refuse(path, `there is no setting ${JSON.stringify(unknown)}`)
  return value
}

function refuse(path: string, reason: string): never {
  throw new ZkserveError('USAGE', `wrong configuration file "${path}": ${reason}`, {
    hints: ['`zkserve config print --json` shows all settings under their names.'],
  })
}
