import { ZkserveError } from '#circuits/errors.js'
import type { Cursor } from '#service/database/cursor.js'

/** A place for whoever asks for the next page. */
export function writeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/** @param ids what the list's ids look like, whole @throws ZkserveError `INVALID_REQUEST` */
export function readCursor(text: string, ids: RegExp): Cursor {
  const [, createdAt, id = ''] = /^(\d{1,17}) (.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (createdAt !== undefined && ids.test(id)) return { createdAt, id }
  throw new ZkserveError('INVALID_REQUEST', 'the cursor is none of this list', {
    hints: ['Give the `next` of the page before, as it is.'],
  })
}
