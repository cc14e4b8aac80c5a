import type { Static, TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'

/** A JSON value that has a form. @param name what it is, for the error @throws ZkserveError `INVALID_INPUT` */
export function parseTyped<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): Static<Schema> {
  const [first] = Errors(schema, value)
  if (first === undefined) return value as Static<Schema>
  const where = first.instancePath === '' ? 'it' : first.instancePath
  throw new ZkserveError('INVALID_INPUT', `${name} is damaged, or another file: ${where} ${first.message}`)
}
