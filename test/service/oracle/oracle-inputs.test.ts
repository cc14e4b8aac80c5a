import { toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { expectProblem, post } from '../support/test-server.js'

let server: Awaited<ReturnType<typeof createServer>>
let pairs: string
beforeAll(async () => {
  pairs = await pairBundle()
  const config = resolveConfig({
    ...{
      role: 'oracle',
      oracle: `0x${'ab'.repeat(20)}`,
      oracleRpc: 'http://127.0.0.1:9',
      oraclePoll: 60_000,
    },
    ...{ database: 'memory', concurrency: 1, logLevel: 'silent' },
  })
  const models = await ServedModels.load([await digitsBundle(), pairs])
  server = await createServer(config, models, null, privateKeyToAccount(toHex(7n, { size: 32 })))
})
afterAll(() => server?.close())

test('a watcher takes inputs, tells the commitment to ask about, and serves nothing else', async () => {
  const tell = (body: object) => post(server, '/oracle/inputs', body)
  const told = await tell({ model: 'digits', input: digitsInput(), salt: '5' })
  expect(told.statusCode).toBe(201)
  expect(told.json()).toMatchObject({ commitment: expect.stringMatching(/^\d+$/), salt: '5' })
  const again = await tell({ model: 'digits', input: digitsInput(), salt: '5' })
  expect(again.json().commitment).toBe(told.json().commitment)
  const drawn = await tell({ model: 'digits', input: digitsInput() })
  expect(drawn.json().commitment).not.toBe(told.json().commitment)

  expectProblem(await tell({ model: 'pair', input: { a: [0, 0, 0], b: [1, 1, 1] } }), 'INVALID_INPUT')
  expectProblem(await tell({ model: 'nobody', input: [1] }), 'MODEL_NOT_FOUND')
  expectProblem(await tell({ model: 'digits', input: [1] }), 'INVALID_INPUT')
  expectProblem(await post(server, '/infer', { model: 'digits', input: digitsInput() }), 'ROUTE_NOT_FOUND')
})

test('its metrics tell of the oracle before the chain was reached', async () => {
  const { body } = await server.inject('/metrics')
  expect(body).toMatch(/^zkserve_oracle_earned_wei 0$/m)
  expect(body).toMatch(/^zkserve_oracle_block Nan$/im)
})
