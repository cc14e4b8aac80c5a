/** A blob as a store lists it. */
export interface BlobEntry {
  readonly name: string
  readonly bytes: number
  /** ms since the epoch, by the store's clock. */
  readonly modifiedAt: number
}

export interface FetchOptions {
  /** Bytes that the blob may have. */
  readonly limit: number
  readonly signal?: AbortSignal
}

/** What is to be kept: bytes, or a file. */
export type BlobSource = Uint8Array | { readonly path: string }

/**
 * Blobs by name, in a directory or in S3. Names are `folder/name` of lower-case letters, digits and `-`. A blob is
 * there whole or not at all, and what is there is never changed. All throw `STORE_UNAVAILABLE` where the store does
 * not answer, refuses, or stalls.
 */
export interface BlobStore {
  /** Where it is, for messages; no secrets. */
  readonly place: string
  /** Keeps a blob; to repeat it does no harm. */
  put(name: string, source: BlobSource): Promise<void>
  has(name: string): Promise<boolean>
  /**
   * Writes a blob to a new file.
   * @throws ZkserveError `BUNDLE_CORRUPT` where it is not there, or larger than the limit
   */
  fetch(name: string, path: string, options: FetchOptions): Promise<void>
  /** A small blob's bytes. @throws ZkserveError `BUNDLE_CORRUPT` as `fetch` */
  read(name: string, options: FetchOptions): Promise<Uint8Array>
  remove(name: string): Promise<void>
  /** All blobs of a folder. */
  list(folder: string): AsyncIterable<BlobEntry>
  close(): Promise<void>
}
