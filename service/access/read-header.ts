import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import type { SignedRequest } from '#service/access/inference-request.js'

/** Bytes of a signature at most: contract accounts take long ones. */
const longest = 4096

const headerSchema = Type.Object(
  {
    requester: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
    nonce: Type.String({ pattern: '^(0|[1-9][0-9]{0,76})$' }),
    deadline: Type.Integer({ minimum: 0, maximum: 2 ** 48 - 1 }),
    signature: Type.String({ pattern: '^0x([0-9a-fA-F]{2})+$', maxLength: 2 + 2 * longest }),
  },
  { additionalProperties: false },
)

/** A signed request as it came: the body's hash is computed by whoever received it. */
export type SentRequest = Omit<SignedRequest, 'body'> & { readonly signature: `0x${string}` }

/** Reads the header: base64url of a JSON object. @throws ZkserveError `ACCESS_SIGNATURE_INVALID` */
export function readAccessHeader(header: string): SentRequest {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
  } catch {
    throw malformed()
  }
  if (!Check(headerSchema, value)) throw malformed()
  const { requester, nonce, deadline, signature } = value
  return {
    requester: requester.toLowerCase() as `0x${string}`,
    nonce: BigInt(nonce),
    deadline,
    signature: signature as `0x${string}`,
  }
}

function malformed(): ZkserveError {
  return new ZkserveError('ACCESS_SIGNATURE_INVALID', 'the header Zkserve-Access cannot be read', {
    hints: [
      'It is base64url of JSON with requester, nonce (decimal text), deadline (seconds) and signature.',
    ],
  })
}
