import { randomBytes } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { fitsChecksum } from '#service/address-checksum.js'

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

function checkedAddress(name: string, address: string): string {
  if (fitsChecksum(address)) return address
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
