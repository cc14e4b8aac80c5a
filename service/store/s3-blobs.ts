import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { ZkserveError } from '#circuits/errors.js'
import { checkBlobName, corruptBlob, unavailable } from '#service/store/blob-errors.js'
import type { BlobEntry, BlobSource, BlobStore, FetchOptions } from '#service/store/blob-store.js'
import { guardStall } from '#service/store/stall-guard.js'

/** Where a bucket is. */
export interface S3Address {
  readonly bucket: string
  /** What all keys begin with; empty, or with a slash at the end. */
  readonly prefix: string
  /** Of a service other than Amazon's. */
  readonly endpoint?: string
  readonly region?: string
}

/** What fails is thrown; the library would write to the console. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Tries of a transfer that breaks. */
const tries = 3

/**
 * Blobs as objects of S3 or of what speaks its protocol. Credentials come as Amazon's library finds them: environment,
 * profile, role. Its answers of overload are waited for and asked again.
 */
export class S3Blobs implements BlobStore {
  readonly place: string
  readonly #library: typeof import('@aws-sdk/client-s3')
  readonly #client: S3Client
  readonly #address: S3Address
  readonly #silence: number

  private constructor(library: typeof import('@aws-sdk/client-s3'), address: S3Address, silence: number) {
    const { endpoint, region } = address
    this.place = `s3://${address.bucket}/${address.prefix}`
    this.#library = library
    this.#address = address
    this.#silence = silence
    this.#client = new library.S3Client({
      // Not all that speak the protocol know the sums that Amazon's asks for; what is fetched is checked by its hash.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5000 },
      logger: silent,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true, region: region ?? 'us-east-1' }),
      ...(region === undefined ? {} : { region }),
    })
  }

  /** @param silence ms without progress after which a request is given up */
  static async open(address: S3Address, silence = 60_000): Promise<S3Blobs> {
    return new S3Blobs(await import('@aws-sdk/client-s3'), address, silence)
  }

  async put(name: string, source: BlobSource): Promise<void> {
    const target = this.#target(name)
    if (source instanceof Uint8Array) {
      const command = new this.#library.PutObjectCommand({ ...target, Body: source })
      await this.#asked((signal) => this.#client.send(command, { abortSignal: signal }))
      return
    }
    // The library repeats no streams.
    await this.#repeated(isPassing, () =>
      this.#asked(async (signal, onProgress) => {
        const { size } = await stat(source.path)
        const file = createReadStream(source.path, { highWaterMark: 1 << 18 })
        const body = Readable.from(
          counted(file, size, onProgress, () => changed(source.path)),
          {
            objectMode: false,
          },
        )
        try {
          const command = new this.#library.PutObjectCommand({ ...target, Body: body, ContentLength: size })
          return await this.#client.send(command, { abortSignal: signal })
        } finally {
          body.destroy()
        }
      }),
    )
  }

  async has(name: string): Promise<boolean> {
    const command = new this.#library.HeadObjectCommand(this.#target(name))
    return this.#asked(async (signal) => {
      try {
        await this.#client.send(command, { abortSignal: signal })
        return true
      } catch (error) {
        if (isMissing(error)) return false
        throw error
      }
    })
  }

  async fetch(name: string, path: string, options: FetchOptions): Promise<void> {
    await this.#received(name, options, async (body, signal) => {
      await pipeline(body, createWriteStream(path, { mode: 0o600, flush: true }), { signal })
    })
  }

  async read(name: string, options: FetchOptions): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    await this.#received(name, options, async (body) => {
      chunks.length = 0
      for await (const chunk of body) chunks.push(chunk)
    })
    return Buffer.concat(chunks)
  }

  async remove(name: string): Promise<void> {
    const command = new this.#library.DeleteObjectCommand(this.#target(name))
    await this.#asked((signal) => this.#client.send(command, { abortSignal: signal }))
  }

  async *list(folder: string): AsyncGenerator<BlobEntry> {
    const { bucket, prefix } = this.#address
    let from: string | undefined
    do {
      const command = new this.#library.ListObjectsV2Command({
        ...{ Bucket: bucket, Prefix: `${prefix}${folder}/` },
        ...(from === undefined ? {} : { ContinuationToken: from }),
      })
      const page = await this.#asked((signal) => this.#client.send(command, { abortSignal: signal }))
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        const name = Key?.slice(prefix.length) ?? ''
        yield { name, bytes: Size ?? 0, modifiedAt: LastModified?.getTime() ?? Date.now() }
      }
      from = page.NextContinuationToken
    } while (from !== undefined)
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #target(name: string) {
    return { Bucket: this.#address.bucket, Key: `${this.#address.prefix}${checkBlobName(name)}` }
  }

  /** Asks for a blob and takes what comes, again where it breaks on its way. */
  #received(
    name: string,
    { limit, signal }: FetchOptions,
    take: (body: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const command = new this.#library.GetObjectCommand(this.#target(name))
    const tooLarge = () => corruptBlob(this.place, name, `has more than ${limit} bytes`)
    const ask = async (within: AbortSignal, onProgress: () => void): Promise<void> => {
      const { Body, ContentLength } = await this.#got(name, () =>
        this.#client.send(command, { abortSignal: within }),
      )
      const body = Body as Readable
      // Whatever becomes of it once nobody reads it any more.
      body.on('error', () => undefined)
      try {
        if ((ContentLength ?? 0) > limit) throw tooLarge()
        await take(counted(body, limit, onProgress, tooLarge), within)
      } finally {
        body.destroy()
      }
    }
    // The library itself asks again after answers of overload.
    return this.#repeated(isBroken, () => this.#asked(ask, signal))
  }

  async #got(name: string, ask: () => Promise<GetObjectCommandOutput>): Promise<GetObjectCommandOutput> {
    try {
      return await ask()
    } catch (error) {
      throw isMissing(error) ? corruptBlob(this.place, name, 'is not there') : error
    }
  }

  async #asked<Value>(
    work: (signal: AbortSignal, onProgress: () => void) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    try {
      return await guardStall(this.#silence, signal, work)
    } catch (error) {
      throw unavailable(this.place, error instanceof ZkserveError ? error : new PlainError(error as S3Error))
    }
  }

  async #repeated<Value>(mayRepeat: (error: unknown) => boolean, work: () => Promise<Value>): Promise<Value> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt === tries || !mayRepeat((error as ZkserveError).cause)) throw error
        await sleep(Math.random() * 200 * 2 ** attempt)
      }
    }
  }
}

async function* counted(
  body: Readable,
  limit: number,
  onProgress: () => void,
  tooLarge: () => ZkserveError,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of body) {
    onProgress()
    bytes += chunk.length
    if (bytes > limit) throw tooLarge()
    yield chunk
  }
}

function changed(path: string): ZkserveError {
  return new ZkserveError('BUNDLE_CORRUPT', `"${path}" changes while it is published`)
}

interface S3Error extends Error {
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** An error of the library's without its response, which holds tokens and is as large as a book. */
class PlainError extends Error {
  readonly code: string | undefined
  readonly status: number

  constructor({ name, message, code, $metadata }: S3Error) {
    const status = $metadata?.httpStatusCode
    super(status === undefined ? message || name : `${message || name} (HTTP ${status})`)
    this.name = name
    this.code = code
    this.status = status ?? 0
  }
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as S3Error
  return (
    name === 'NoSuchKey' ||
    name === 'NotFound' ||
    ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket')
  )
}

/** Whether asking again may help: connections that break, and servers that are overloaded. */
function isPassing(error: unknown): boolean {
  return error instanceof PlainError && (error.status === 429 || error.status >= 500 || isBroken(error))
}

function isBroken(error: unknown): boolean {
  return error instanceof PlainError && /^(ECONN|EPIPE|ERR_STREAM_PREMATURE_CLOSE)/.test(error.code ?? '')
}
