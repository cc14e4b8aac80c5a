import type { Static, TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'

/** A document that is refused. */
export function invalidDocument(what: string, why: string, cause?: unknown): ZkserveError {
  return new ZkserveError('INVALID_PROVENANCE', `the ${what} is refused: ${why}`, { cause })
}

/** The value, if it fits the schema. @throws ZkserveError `INVALID_PROVENANCE` with the place of the first misfit */
export function checkedDocument<Schema extends TSchema>(
  what: string,
  schema: Schema,
  value: unknown,
): Static<Schema> {
  const [error] = Errors(schema, value)
  if (error === undefined) return value as Static<Schema>
  const place = error.instancePath.slice(1).replaceAll('/', '.')
  throw invalidDocument(what, place === '' ? error.message : `"${place}" ${error.message}`)
}

/** Text of a document of limited size. @throws ZkserveError `INVALID_PROVENANCE` */
export function documentText(what: string, bytes: Uint8Array, largest: number): string {
  if (bytes.length > largest) throw invalidDocument(what, `it is larger than ${largest} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalidDocument(what, 'it is not UTF-8', cause)
  }
}
