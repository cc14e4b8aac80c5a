import { HttpRequestError } from 'viem'
import { expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { loggedError } from '#service/http/logged-error.js'
import { unavailable } from '#service/payments/facilitator-client.js'

const key = 'k3y0f4n3ndp01nt'

test('an error is logged with its causes, and without the keys in their addresses', () => {
  const url = `https://rpc.example/v2/${key}?token=${key}`
  const cause = new HttpRequestError({ body: { method: 'eth_call' }, status: 429, url })
  for (const error of [cause, unavailable('the chain does not answer', cause)]) {
    const text = JSON.stringify(loggedError(error))
    expect(text).toContain('https://rpc.example/…')
    expect(text).toContain('HTTP request failed')
    expect(text).not.toContain(key)
  }
  const database = new Error(`cannot connect to postgres://zkserve:${key}@db.example:5432/zkserve`)
  expect(loggedError(database)).toMatchObject({
    type: 'Error',
    message: 'cannot connect to postgres://db.example:5432/…',
  })
})

test('where an error came from, and its code, stay; what is no error is left as it is', () => {
  const error = new ZkserveError('INTERNAL', 'see http://localhost:8080 and file:///opt/zkserve/main.js:3')
  expect(loggedError(error)).toMatchObject({ type: 'ZkserveError', code: 'INTERNAL', message: error.message })
  expect(loggedError(error).stack).toContain('logged-error.test')
  expect(loggedError('nothing' as unknown as Error)).toBe('nothing')
})
