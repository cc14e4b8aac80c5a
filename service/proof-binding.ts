import { randomBytes } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex } from '@noble/hashes/utils'
import { ZkserveError } from '#circuits/errors.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import { scalarModulus } from '#prover/curve/bn254.js'

/** A binding as callers give it: numbers as decimal or 0x hex text. */
export interface GivenBinding {
  readonly chainId?: string | number | undefined
  readonly verifier?: string | undefined
  readonly requester?: string | undefined
  readonly nonce?: string | undefined
}

/** Chain and verifier for which proofs are made where the caller gives none. */
export interface BindingDefaults {
  readonly chainId: string
  readonly verifier: string
}

/** Anyone may consume a proof made for the zero address. */
export const bearer = `0x${'0'.repeat(40)}`

/**
 * The binding of a proof; a nonce is drawn where none is given.
 * @throws ZkserveError `INVALID_INPUT`
 */
export function readBinding(given: GivenBinding, defaults: BindingDefaults): ProofBinding {
  const binding: ProofBinding = {
    chainId: readNumber('chainId', given.chainId ?? defaults.chainId),
    verifier: checkedAddress('verifier', given.verifier ?? defaults.verifier),
    requester: checkedAddress('requester', given.requester ?? bearer),
    nonce: given.nonce === undefined ? drawNonce() : readNumber('nonce', given.nonce),
  }
  contextOf(binding)
  return binding
}

/** A salt below the field's order. @throws ZkserveError `INVALID_INPUT` */
export function readSalt(text: string): bigint {
  const salt = readNumber('salt', text)
  if (salt < scalarModulus) return salt
  throw new ZkserveError(
    'INVALID_INPUT',
    'wrong salt: expected a number below the order of the BN254 scalar field',
  )
}

/** Letters of one case say nothing; of both, they are the checksum of EIP-55, which must be right. */
function checkedAddress(name: string, address: string): string {
  const digits = address.slice(2)
  const lower = digits.toLowerCase()
  if (digits === lower || digits === digits.toUpperCase()) return address
  const hash = bytesToHex(keccak_256(lower))
  const checked = lower.replace(/[a-f]/g, (letter, at: number) =>
    hash.charCodeAt(at) >= '8'.charCodeAt(0) ? letter.toUpperCase() : letter,
  )
  if (digits === checked) return address
  throw new ZkserveError('INVALID_INPUT', `wrong ${name}: its letters' case is no valid checksum`, {
    hints: ['Check the address for a typing error, or write it in lower case.'],
  })
}

function drawNonce(): bigint {
  return BigInt(`0x${randomBytes(32).toString('hex')}`)
}

function readNumber(name: string, given: string | number): bigint {
  const text = String(given)
  if (text.length <= 80 && /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(text)) return BigInt(text)
  throw new ZkserveError('INVALID_INPUT', `wrong ${name}: expected a decimal or 0x hex number`)
}
