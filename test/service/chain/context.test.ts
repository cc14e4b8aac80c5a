import fc from 'fast-check'
import { encodeAbiParameters, keccak256 } from 'viem'
import { describe, expect, test } from 'vitest'
import { contextOf } from '#prover/context.js'
import { scalarModulus } from '#prover/curve/bn254.js'

const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'uint256' }] as const
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes): `0x${string}` => {
  return `0x${Buffer.from(bytes).toString('hex')}`
})
const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })

describe('contextOf', () => {
  test('is the hash that the contract computes', () => {
    fc.assert(
      fc.property(word, address, address, word, (chainId, verifier, requester, nonce) => {
        const hash = keccak256(encodeAbiParameters(types, [chainId, verifier, requester, nonce]))
        expect(contextOf({ chainId, verifier, requester, nonce })).toBe(BigInt(hash) % scalarModulus)
      }),
    )
  })

  test('takes numbers, and addresses in any case', () => {
    const verifier = '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512'
    const binding = { chainId: 31337, verifier, requester: verifier, nonce: 7 }
    expect(contextOf(binding)).toBe(
      contextOf({ chainId: 31337n, verifier: verifier.toLowerCase(), requester: verifier, nonce: 7n }),
    )
  })

  test.each([
    ['chainId', -1n],
    ['chainId', 2n ** 256n],
    ['chainId', 1.5],
    ['nonce', -1],
    ['verifier', '0x12'],
    ['requester', 'nobody'],
  ])('refuses %s %s', (name, value) => {
    const zero = `0x${'0'.repeat(40)}`
    const binding = { chainId: 1, verifier: zero, requester: zero, nonce: 0, [name]: value }
    expect(() => contextOf(binding)).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
