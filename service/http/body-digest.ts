import { pipeline, Transform } from 'node:stream'
import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex } from '@noble/hashes/utils'
import type { FastifyInstance } from 'fastify'
import { accessHeader } from '#service/access/inference-request.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** keccak256 of the body's bytes as they came; null where the request carries no signature. */
    bodyDigest: `0x${string}` | null
  }
}

/** Hashes the bodies of signed requests: the bytes, so that there is one way to read what was signed. */
export function digestBodies(instance: FastifyInstance): void {
  instance.decorateRequest('bodyDigest', null)
  instance.addHook('preParsing', async (request, _reply, payload) => {
    if (request.headers[accessHeader] === undefined) return payload
    const hash = keccak_256.create()
    const digesting = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        hash.update(chunk)
        done(null, chunk)
      },
      flush(done) {
        request.bodyDigest = `0x${bytesToHex(hash.digest())}`
        done()
      },
    })
    return pipeline(payload, digesting, () => {})
  })
}
