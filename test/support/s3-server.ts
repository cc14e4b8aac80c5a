import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What goes wrong with a request: an answer of overload, a refusal, an answer that stops half-way or is cut there, one
 * that never comes, wrong bytes.
 */
export type S3Fault = 'slow-down' | 'refuse' | 'stall' | 'silence' | 'truncate' | 'corrupt'

export interface S3Request {
  readonly method: string
  readonly key: string
}

interface S3Object {
  readonly bytes: Buffer
  readonly modifiedAt: Date
}

/** A small S3 over HTTP that keeps its objects in memory, for path-style addresses of one bucket. */
export class S3Server {
  readonly objects = new Map<string, S3Object>()
  readonly requests: S3Request[] = []
  /** Asked for every request. */
  fault: (request: S3Request) => S3Fault | null = () => null
  /** Objects in one page of a list. */
  pageSize = 1000
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error))
    })
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What `--store` takes. */
  store(prefix = 'bundles'): string {
    return `s3://bucket/${prefix}?endpoint=${this.endpoint}&region=test`
  }

  put(key: string, bytes: Uint8Array, modifiedAt = new Date()): void {
    this.objects.set(key, { bytes: Buffer.from(bytes), modifiedAt })
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://s3')
    const [bucket, ...rest] = decodeURIComponent(url.pathname).slice(1).split('/')
    const asked = { method: request.method!, key: rest.join('/') }
    this.requests.push(asked)
    const body = await bytesOf(request)
    if (!signature.test(request.headers.authorization ?? '')) return fail(response, 403, 'AccessDenied')
    if (bucket !== 'bucket') return fail(response, 404, 'NoSuchBucket')
    const fault = this.fault(asked)
    if (fault === 'slow-down') return fail(response, 503, 'SlowDown')
    if (fault === 'refuse') return fail(response, 403, 'AccessDenied')
    if (fault === 'silence') return
    const { method, key } = asked
    if (method === 'GET' && url.searchParams.get('list-type') === '2') return this.#list(url, response)
    if (method === 'PUT') this.put(key, body)
    if (method === 'DELETE') this.objects.delete(key)
    if (method === 'PUT' || method === 'DELETE')
      return void response.writeHead(method === 'PUT' ? 200 : 204).end()
    const object = this.objects.get(key)
    if (object === undefined) return fail(response, 404, 'NoSuchKey')
    const { bytes, modifiedAt } = object
    response.writeHead(200, { 'content-length': bytes.length, 'last-modified': modifiedAt.toUTCString() })
    if (method === 'HEAD') return void response.end()
    if (fault === null) return void response.end(bytes)
    if (fault === 'corrupt')
      return void response.end(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)))
    response.write(bytes.subarray(0, bytes.length >> 1), () => {
      if (fault === 'truncate') response.destroy()
    })
  }

  #list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get('prefix') ?? ''
    const from = url.searchParams.get('continuation-token') ?? ''
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > from).sort()
    const page = keys.slice(0, this.pageSize)
    const contents = page.map((key) => {
      const { bytes, modifiedAt } = this.objects.get(key)!
      return `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><Size>${bytes.length}</Size></Contents>`
    })
    const more =
      keys.length > page.length
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
        : '<IsTruncated>false</IsTruncated>'
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><ListBucketResult>${contents.join('')}${more}</ListBucketResult>`)
  }
}

/** The environment in which clients of the server run. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'test-secret' }

/** Signature Version 4 of those credentials, in form. */
const signature =
  /^AWS4-HMAC-SHA256 Credential=test-key\/\d{8}\/test\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
