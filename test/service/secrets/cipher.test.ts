import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { Cipher } from '#service/secrets/cipher.js'

const [first, second, third] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
]
const cipher = new Cipher([first])
const plain = Buffer.from('0.25,0.5 and a salt')

/** How opening fails, null where it does not. */
function failure(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    return error instanceof ZkserveError ? error.code : `not typed: ${error}`
  }
}

describe('a cipher', () => {
  test('opens what it sealed, of any length, and never seals alike', () => {
    for (const length of [0, 1, 15, 16, 17, 100_000]) {
      const text = randomBytes(length)
      const sealed = cipher.seal(text, 'purpose')
      expect(Buffer.from(cipher.open(sealed, 'purpose')).equals(text)).toBe(true)
      expect(sealed.length).toBe(length + 32)
      expect(Buffer.from(cipher.seal(text, 'purpose')).equals(sealed)).toBe(false)
    }
  })

  test('shows nothing of the text or its key', () => {
    const sealed = Buffer.from(cipher.seal(plain, 'purpose'))
    expect(sealed.includes('0.25')).toBe(false)
    expect(sealed.includes(Buffer.from(first).subarray(0, 4))).toBe(false)
  })

  test('opens for the same purpose alone', () => {
    const sealed = cipher.seal(plain, 'task of job a')
    for (const purpose of ['task of job b', 'task of job a ', 'result of job a', ''])
      expect(failure(() => cipher.open(sealed, purpose))).toBe('DECRYPTION_FAILED')
  })

  test('refuses a text with any bit changed', () => {
    const sealed = Buffer.from(cipher.seal(plain, 'purpose'))
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(failure(() => cipher.open(changed, 'purpose'))).toBe('DECRYPTION_FAILED')
    }
  })

  test('refuses a text that was cut off or added to, wherever', () => {
    const sealed = Buffer.from(cipher.seal(plain, 'purpose'))
    for (let length = 0; length < sealed.length; length++)
      expect(failure(() => cipher.open(sealed.subarray(0, length), 'purpose'))).toBe('DECRYPTION_FAILED')
    expect(failure(() => cipher.open(Buffer.concat([sealed, Buffer.of(0)]), 'purpose'))).toBe(
      'DECRYPTION_FAILED',
    )
    for (let i = 0; i < 500; i++)
      expect(failure(() => cipher.open(randomBytes(i), 'purpose'))).toBe('DECRYPTION_FAILED')
  })

  test('refuses another text under the tag of one that holds', () => {
    const [one, other] = [Buffer.from(cipher.seal(plain, 'p')), Buffer.from(cipher.seal(plain, 'p'))]
    const mixed = Buffer.concat([one.subarray(0, 32), other.subarray(32)])
    expect(failure(() => cipher.open(mixed, 'p'))).toBe('DECRYPTION_FAILED')
  })

  test('has keys replaced: the first seals, all open', () => {
    const old = cipher.seal(plain, 'purpose')
    const rotated = new Cipher([second, first])
    expect(Buffer.from(rotated.open(old, 'purpose')).equals(plain)).toBe(true)
    const fresh = rotated.seal(plain, 'purpose')
    expect(Buffer.from(new Cipher([second]).open(fresh, 'purpose')).equals(plain)).toBe(true)
    expect(failure(() => cipher.open(fresh, 'purpose'))).toBe('DECRYPTION_FAILED')
    expect(failure(() => new Cipher([third, second]).open(old, 'purpose'))).toBe('DECRYPTION_FAILED')
  })

  test('says in its errors neither text nor key', () => {
    const sealed = cipher.seal(plain, 'purpose')
    for (const open of [
      () => new Cipher([second]).open(sealed, 'purpose'),
      () => cipher.open(sealed, 'another'),
    ]) {
      const error = (() => {
        try {
          return open()
        } catch (thrown) {
          return thrown
        }
      })() as ZkserveError
      const said = `${error.message} ${JSON.stringify(error)} ${error.stack} ${error.cause}`
      for (const secret of [plain.toString(), '01'.repeat(8), '02'.repeat(8)])
        expect(said).not.toContain(secret)
    }
  })

  test('with a key of its process alone opens nothing of another', () => {
    const sealed = Cipher.ephemeral().seal(plain, 'purpose')
    expect(failure(() => Cipher.ephemeral().open(sealed, 'purpose'))).toBe('DECRYPTION_FAILED')
  })
})
