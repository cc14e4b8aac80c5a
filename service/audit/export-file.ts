import { open } from 'node:fs/promises'
import { ZkserveError } from '#circuits/errors.js'
import type { AuditRecord } from '#service/audit/audit-record.js'

/** Writes records to a new file, one JSON object a line. @returns how many @throws ZkserveError `FILE_NOT_FOUND` */
export async function writeRecords(path: string, records: AsyncIterable<AuditRecord>): Promise<number> {
  const file = await open(path, 'wx', 0o600).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be written: ${(cause as Error).message}`, {
      cause,
      hints: ['Name a file that does not exist, in a directory that does.'],
    })
  })
  try {
    let count = 0
    for await (const { seq, at, tenant, actor, action, subject, previous, hash } of records) {
      await file.write(`${JSON.stringify({ seq, at, tenant, actor, action, subject, previous, hash })}\n`)
      count++
    }
    await file.sync()
    return count
  } finally {
    await file.close()
  }
}

/** The records of a file that {@link writeRecords} wrote. @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_DATA` */
export async function* readRecordFile(path: string): AsyncGenerator<AuditRecord> {
  const file = await open(path).catch((cause) => {
    throw new ZkserveError('FILE_NOT_FOUND', `"${path}" cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  })
  let number = 0
  for await (const line of file.readLines()) yield parseRecord(line, path, ++number)
}

function parseRecord(line: string, path: string, number: number): AuditRecord {
  let record: Partial<Record<keyof AuditRecord, unknown>> | null = null
  try {
    record = JSON.parse(line)
  } catch {
    // Refused below.
  }
  const whole = (value: unknown): boolean => Number.isSafeInteger(value)
  const texts = ['tenant', 'actor', 'action', 'subject', 'previous', 'hash'] as const
  if (whole(record?.seq) && whole(record?.at) && texts.every((name) => typeof record?.[name] === 'string'))
    return record as AuditRecord
  throw new ZkserveError('INVALID_DATA', `line ${number} of "${path}" is no record of an audit log`, {
    hints: ['Give a file that `zkserve audit export` wrote.'],
  })
}
