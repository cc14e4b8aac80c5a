import { delimiter } from 'node:path'
import { expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { configNames, environmentName, flagName, settingOf } from '#service/config/schema.js'
import { expectError } from '../../support/expect-error.js'

test('defaults hold where nothing is given', () => {
  const config = resolveConfig({}, {})
  for (const name of configNames) expect(config[name]).toEqual(settingOf(name).default)
})

test('flags go before environment variables, and those before defaults', () => {
  const environment = { ZKSERVE_PORT: '9000', ZKSERVE_QUEUE_SIZE: '3', ZKSERVE_LOG_LEVEL: '' }
  expect(resolveConfig({ port: '9001' }, environment)).toMatchObject({
    port: 9001,
    queueSize: 3,
    logLevel: 'info',
  })
})

test('lists are separated like paths or by commas', () => {
  const environment = {
    ZKSERVE_MODELS: `/a${delimiter}/b`,
    ZKSERVE_CORS_ORIGIN: 'https://a.example,https://b.example',
  }
  expect(resolveConfig({}, environment)).toMatchObject({
    models: ['/a', '/b'],
    corsOrigin: ['https://a.example', 'https://b.example'],
  })
})

test('switches are the words true and false', () => {
  expect(resolveConfig({ metrics: 'true' }, { ZKSERVE_METRICS: 'false' }).metrics).toBe(true)
  expect(resolveConfig({}, { ZKSERVE_METRICS: 'false' }).metrics).toBe(false)
})

test.each([
  [{ port: '65536' }, /--port/],
  [{ port: 'http' }, /--port/],
  [{ concurrency: '0' }, /--concurrency/],
  [{ verifier: '0x12' }, /--verifier/],
  [{ logLevel: 'loud' }, /--log-level/],
  [{ metrics: 'maybe' }, /--metrics/],
  [{ registrations: ['digits'] }, /--registrations/],
  [{ waitTimeout: '100000' }, /connection time-out/],
])('%j is refused by name', (flags, message) => {
  expectError('USAGE', () => resolveConfig(flags, {}), message)
})

test('every setting has a flag, a variable and a description', () => {
  expect(flagName('proofTimeout')).toBe('--proof-timeout')
  expect(environmentName('proofTimeout')).toBe('ZKSERVE_PROOF_TIMEOUT')
  for (const name of configNames) expect(settingOf(name).description).toMatch(/\.$/)
})
