import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { ZkserveError } from '#circuits/errors.js'

const algorithm = 'aes-256-gcm'
const [idBytes, nonceBytes, tagBytes] = [4, 12, 16]

/**
 * Encrypts what is kept of others: AES-256-GCM with a random nonce, bound to its purpose. A sealed text is the key's
 * id, nonce, tag and ciphertext. The first key seals, all of them open, so that keys can be replaced.
 */
export class Cipher {
  readonly #keys = new Map<string, Uint8Array>()
  readonly #sealing: string

  /** @param keys 32 bytes each, at least one */
  constructor(keys: readonly Uint8Array[]) {
    for (const key of keys) this.#keys.set(idOf(key), key)
    this.#sealing = idOf(keys[0]!)
  }

  /** A cipher with a key that ends with the process. */
  static ephemeral(): Cipher {
    return new Cipher([randomBytes(32)])
  }

  /** Ids of the keys, in hex: a sealed text begins with its key's. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()]
  }

  /** @param purpose says what is sealed; only who names the same opens it */
  seal(plain: Uint8Array, purpose: string): Uint8Array {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#keys.get(this.#sealing)!, nonce)
    cipher.setAAD(Buffer.from(purpose))
    const text = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([Buffer.from(this.#sealing, 'hex'), nonce, cipher.getAuthTag(), text])
  }

  /** @throws ZkserveError `DECRYPTION_FAILED` where the key is missing, or the text was changed or is another's */
  open(sealed: Uint8Array, purpose: string): Uint8Array {
    const bytes = Buffer.from(sealed)
    const id = bytes.subarray(0, idBytes).toString('hex')
    const key = this.#keys.get(id)
    if (key === undefined) throw refused(`it was sealed with the key ${id}, which is not here`)
    const nonce = bytes.subarray(idBytes, idBytes + nonceBytes)
    const tag = bytes.subarray(idBytes + nonceBytes, idBytes + nonceBytes + tagBytes)
    try {
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag)
      return Buffer.concat([
        decipher.update(bytes.subarray(idBytes + nonceBytes + tagBytes)),
        decipher.final(),
      ])
    } catch (cause) {
      throw refused('it was changed, or is another', cause)
    }
  }
}

/** Names a key without telling it. */
function idOf(key: Uint8Array): string {
  return createHash('sha256')
    .update('zkserve key id')
    .update(key)
    .digest('hex')
    .slice(0, 2 * idBytes)
}

function refused(reason: string, cause?: unknown): ZkserveError {
  return new ZkserveError('DECRYPTION_FAILED', `what is kept cannot be read: ${reason}`, { cause })
}
