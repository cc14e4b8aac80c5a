/** Errors as RFC 9457 has them; each test names the section that it holds them to. */
import { Errors } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorTable } from '#circuits/error-table.js'
import { ZkserveError } from '#circuits/errors.js'
import { retryAfterOf, toProblem } from '#service/http/problem.js'
import { problemSchema } from '#service/http/schemas/problem.js'

const codes = Object.keys(errorTable) as ErrorCode[]
const id = '3f2c0c1e-6c53-4f5e-8a53-0f2c4b8a9d10'
const problemOf = (code: ErrorCode, message = 'what is wrong', details = {}) =>
  toProblem(new ZkserveError(code, message, { details }).toJSON(), id)

describe('a problem', () => {
  test.each(codes)('%s fits its schema', (code) => {
    expect(Errors(problemSchema, problemOf(code))).toEqual([])
  })

  test('3.1.1: type is a URI reference, the same for all problems of a kind', () => {
    for (const code of codes) {
      const { pathname } = new URL(problemOf(code).type, 'https://service.example/v2/models/x')
      expect(pathname).toBe(`/errors/${code}`)
    }
  })

  test('3.1.2: status is the one of the reply', () => {
    for (const code of codes) expect(problemOf(code).status).toBe(errorTable[code].status)
  })

  test('3.1.3: title does not change from occurrence to occurrence', () => {
    for (const code of codes) expect(problemOf(code, 'one').title).toBe(problemOf(code, 'two').title)
  })

  test('3.1.4: detail is of this occurrence, and helps the client rather than giving debugging information', () => {
    expect(problemOf('INVALID_INPUT', 'input "a" is missing').detail).toBe('input "a" is missing')
    for (const code of codes.filter((code) => errorTable[code].status === 500)) {
      const text = JSON.stringify(problemOf(code, '/home/secret', { path: '/home/secret' }))
      expect(text).not.toContain('secret')
    }
  })

  test('3.1.5: instance is a URI that identifies the occurrence', () => {
    expect(new URL(problemOf('INTERNAL').instance).href).toBe(`urn:uuid:${id}`)
  })

  test('3.2: extensions have names of three characters or more, letters and digits', () => {
    for (const name of Object.keys(problemOf('INTERNAL'))) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{2,}$/)
  })
})

describe('the time to come again', () => {
  test('is said by every 429 and 503, and by nothing else on its own', () => {
    for (const code of codes) {
      const retries = [429, 503].includes(errorTable[code].status)
      expect({ code, retries: retryAfterOf({ code, details: {} }) !== null }).toEqual({ code, retries })
    }
  })

  test('is whole seconds, and never none', () => {
    const seconds = (retryAfter: number) =>
      retryAfterOf({ code: 'IDEMPOTENCY_BUSY', details: { retryAfter } })
    expect([0, 0.2, 1, 1.5, 60].map(seconds)).toEqual([1, 1, 1, 2, 60])
  })
})
