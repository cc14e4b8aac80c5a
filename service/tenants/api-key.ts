import { createHash, randomBytes } from 'node:crypto'

/** A key as its holder sends it: `zk_`, an id that is no secret, and 256 random bits in hex. */
const form = /^zk_([0-9a-f]{16})_[0-9a-f]{64}$/

/** What is kept of a key. */
export interface KeyDigest {
  readonly id: string
  /** SHA-256 of the whole key: as long as it is random, a slow hash would protect it no better. */
  readonly hash: Uint8Array
}

/** Draws a key. Only its digest is kept. */
export function drawKey(): KeyDigest & { readonly key: string } {
  const key = `zk_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('hex')}`
  return { key, ...readKey(key)! }
}

/** What is to be compared of a key; null for a text that is none. */
export function readKey(text: string): KeyDigest | null {
  const id = form.exec(text)?.[1]
  return id === undefined ? null : { id, hash: createHash('sha256').update(text).digest() }
}
