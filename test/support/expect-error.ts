import { expect } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { ZkserveError } from '#circuits/errors.js'

/** Runs `action`, which must throw a ZkserveError of that code and one line of text; returns it. */
export function expectError(code: ErrorCode, action: () => unknown, message: RegExp = /./): ZkserveError {
  let thrown: unknown = null
  try {
    action()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(ZkserveError)
  const error = thrown as ZkserveError
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `))
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
  return error
}
