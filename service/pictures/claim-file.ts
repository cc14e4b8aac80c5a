/** The file of a claim, which its minter alone may read: who has its salt learns the prompt, and can take it first. */
import { randomBytes } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { type Address, bytesToHex, type Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { DigitClaim } from '#service/chain/generated-digit.js'
import { parseTyped } from '#service/typed-json.js'

const address = Type.Unsafe<Address>(Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }))

const claimFile = Type.Object({
  schema: Type.Literal('zkserve/picture-claim/1'),
  tokens: address,
  minter: address,
  prompt: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  salt: Type.Unsafe<Hex>(Type.String({ pattern: '^0x[0-9a-f]{64}$' })),
})

/** What a claim is about. */
export interface ClaimSubject {
  readonly tokens: Address
  readonly minter: Address
  readonly prompt: string
}

/** The text of a new claim's file, with a salt drawn at random. */
export function newClaimText({ tokens, minter, prompt }: ClaimSubject): string {
  const salt = bytesToHex(randomBytes(32))
  const file: Static<typeof claimFile> = {
    schema: 'zkserve/picture-claim/1',
    ...{ tokens, minter, prompt, salt },
  }
  return `${JSON.stringify(file)}\n`
}

/** The claim of a file. @throws ZkserveError `INVALID_INPUT` for a damaged file, `USAGE` for one of another claim */
export function parseClaim(value: unknown, { tokens, minter, prompt }: ClaimSubject): DigitClaim {
  const file = parseTyped(claimFile, value, 'the file of the claim')
  const isOwn =
    file.tokens.toLowerCase() === tokens.toLowerCase() &&
    file.minter.toLowerCase() === minter.toLowerCase() &&
    file.prompt === prompt
  if (isOwn) return { minter, prompt, salt: file.salt }
  throw new ZkserveError('USAGE', 'the file of the claim is for another latent, minter or contract', {
    hints: ['Give a path of a new file, or what the claim was made with.'],
  })
}
