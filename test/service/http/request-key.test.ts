import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { firstResult, requestKey } from '#service/http/idempotency.js'
import type { JobStatus } from '#service/jobs/job.js'
import type { Remembered } from '#service/jobs/new-job.js'

const fingerprint = (payload: unknown) => requestKey('k', payload)!.fingerprint

test('without the header there is no key; quotes around it do not matter', () => {
  expect(requestKey(undefined, {})).toBeNull()
  expect(requestKey('a b', {})!.key).toBe('a b')
  expect(requestKey('"a b"', {})!.key).toBe('a b')
  expect(requestKey('"', {})!.key).toBe('"')
  expect(requestKey('""', {})!.key).toBe('""')
  expect(requestKey('"a" and "b"', {})!.key).toBe('a" and "b')
  expect(requestKey('x"a"', {})!.key).toBe('x"a"')
  expect(requestKey('"a"x', {})!.key).toBe('"a"x')
})

test('the fingerprint is of what the payload says, whatever the order of its members', () => {
  expect(fingerprint({ a: 1, b: { c: [2, 3], d: null } })).toBe(
    fingerprint({ b: { d: null, c: [2, 3] }, a: 1 }),
  )
  expect(fingerprint({ a: 1, b: 2 })).toMatch(/^[0-9a-f]{64}$/)
})

test('payloads that say different things have different fingerprints', () => {
  const payloads = [
    ...[null, 0, '', '0', 'null', false, [], {}, [[]], [{}], { a: [] }, { a: {} }, { a: null }, { '': 0 }],
    ...[
      [1, 2],
      [2, 1],
      [12],
      ['1', '2'],
      ['1,2'],
      { a: 1, b: 2 },
      { a: 2, b: 1 },
      { ab: 12 },
      { a: '1,"b":2' },
    ],
    ...[{ a: { b: 1 } }, { a: [{ b: 1 }] }, [{ a: { b: 1 } }], { b: { a: 1 } }, [[1], 2], [1, [2]], [[1, 2]]],
  ]
  expect(new Set(payloads.map(fingerprint)).size).toBe(payloads.length)
})

test('a payload is compared to its 64th level, and refused beyond', () => {
  const nested = (levels: number, wrap: (inner: unknown) => unknown) =>
    Array.from({ length: levels }).reduce<unknown>(wrap, 1)
  for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
    expect(fingerprint(nested(64, wrap))).not.toBe(fingerprint(nested(63, wrap)))
    expect(() => fingerprint(nested(65, wrap))).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST', message: 'the request body is nested too deeply' }),
    )
  }
})

const remembered = (status: JobStatus<number>, waits: boolean): Remembered<string, number> => {
  const times = { createdAt: 0, startedAt: null, finishedAt: null, history: [] }
  const job = { id: 'j', tenant: 't', kind: 'proof' as const, subject: 's', status, ...times }
  return { key: 'k', fingerprint: 'f', answer: 1, waits, job }
}
const key = { key: 'k', fingerprint: 'f' }

test('another payload under the same key is a conflict, whatever became of the first', () => {
  for (const waits of [true, false]) {
    const first = remembered({ state: 'succeeded', result: 5 }, waits)
    expect(() => firstResult(first, { ...key, fingerprint: 'g' })).toThrow(
      expect.objectContaining({
        code: 'IDEMPOTENCY_CONFLICT',
        message: 'this Idempotency-Key came with another request body',
      }),
    )
  }
})

test('a request that did not wait is answered with its job, one that waited with its end', () => {
  expect(firstResult(remembered({ state: 'succeeded', result: 5 }, false), key)).toBeNull()
  expect(firstResult(remembered({ state: 'queued' }, false), key)).toBeNull()
  expect(firstResult(remembered({ state: 'succeeded', result: 5 }, true), key)).toBe(5)
  const error = new ZkserveError('TIMEOUT', 'too slow').toJSON()
  expect(() => firstResult(remembered({ state: 'failed', error }, true), key)).toThrow(
    expect.objectContaining({ code: 'TIMEOUT' }),
  )
})

test('while the first waits its repetitions are told when to come again, and where its job is', () => {
  for (const status of [{ state: 'queued' }, { state: 'running', stage: 'prove' }] as const) {
    expect(() => firstResult(remembered(status, true), key)).toThrow(
      expect.objectContaining({
        code: 'IDEMPOTENCY_BUSY',
        message: 'the first request with this key still waits for its proof',
        details: { retryAfter: 1, job: '/jobs/j' },
      }),
    )
  }
})
