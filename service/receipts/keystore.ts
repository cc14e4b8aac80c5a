import { createDecipheriv, timingSafeEqual } from 'node:crypto'
import { scryptAsync } from '@noble/hashes/scrypt'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import { keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'

const hex = (bytes: number | string) => Type.String({ pattern: `^(0x)?([0-9a-fA-F]{2}){${bytes}}$` })

/** Web3 Secret Storage, version 3, with scrypt, as geth, Foundry (`cast wallet`) and wallets write it. */
const keystoreSchema = Type.Object({
  version: Type.Literal(3),
  crypto: Type.Object({
    cipher: Type.Literal('aes-128-ctr'),
    cipherparams: Type.Object({ iv: hex(16) }),
    ciphertext: hex(32),
    kdf: Type.Literal('scrypt'),
    kdfparams: Type.Object({
      dklen: Type.Literal(32),
      n: Type.Integer({ minimum: 2 }),
      r: Type.Integer({ minimum: 1, maximum: 1024 }),
      p: Type.Integer({ minimum: 1, maximum: 64 }),
      salt: hex('0,128'),
    }),
    mac: hex(32),
  }),
})

/** Bytes that scrypt may take; geth's standard parameters take a quarter of it. */
const memoryLimit = 2 ** 30

/**
 * The private key in a keystore, hex without 0x.
 * @throws ZkserveError `INVALID_SIGNER`; the error quotes nothing of the file, which may be no keystore but a secret
 */
export async function readKeystore(text: string, password: string): Promise<string> {
  const { crypto } = parse(text)
  const { n, r, p, salt } = crypto.kdfparams
  if (128 * n * r > memoryLimit || (n & (n - 1)) !== 0) {
    throw new ZkserveError('INVALID_SIGNER', 'the scrypt parameters of the keystore are out of range')
  }
  const secret = Buffer.from(password, 'utf8')
  // Not OpenSSL's: it refuses n above 2^16 where r is 1, which the definition's own example has.
  const key = await scryptAsync(secret, bytes(salt), { N: n, r, p, dkLen: 32, maxmem: 2 * memoryLimit })
  const ciphertext = bytes(crypto.ciphertext)
  const mac = keccak256(Buffer.concat([key.subarray(16), ciphertext]), 'bytes')
  if (!timingSafeEqual(mac, bytes(crypto.mac))) {
    throw new ZkserveError(
      'INVALID_SIGNER',
      'the password does not open the keystore, or the file is damaged',
    )
  }
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), bytes(crypto.cipherparams.iv))
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('hex')
}

function parse(text: string): Static<typeof keystoreSchema> {
  try {
    const value: unknown = JSON.parse(text)
    if (Check(keystoreSchema, value)) return value
  } catch {}
  throw new ZkserveError('INVALID_SIGNER', 'the keystore is no Web3 Secret Storage of version 3 with scrypt')
}

function bytes(text: string): Buffer {
  return Buffer.from(text.replace(/^0x/, ''), 'hex')
}
