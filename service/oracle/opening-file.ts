import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import type { Opening } from '#service/oracle/read-input.js'

const number = Type.String({ pattern: '^[0-9]{1,78}$' })
const schema = Type.Object(
  { salt: number, words: Type.Array(number, { minItems: 1 }) },
  { additionalProperties: false },
)

/** An opening as a file holds it: numbers in decimal. Whoever has it knows the input. */
export function openingText({ salt, words }: Opening): string {
  return `${JSON.stringify({ salt: String(salt), words: words.map(String) }, null, 2)}\n`
}

/** @throws ZkserveError `INVALID_INPUT` */
export function parseOpening(value: unknown): Opening {
  if (!Check(schema, value))
    throw new ZkserveError('INVALID_INPUT', 'the file is no opening of an input', {
      hints: ['Give the file that `--opening` wrote when the request was made.'],
    })
  return { salt: BigInt(value.salt), words: value.words.map(BigInt) }
}
