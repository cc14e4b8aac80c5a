/**
 * The Open Inference Protocol, version 2, case by case: each test quotes the sentence of the specification that it
 * holds the service to (github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md, and for
 * tensor data, parameters and health github.com/kserve/kserve, docs/predict-api/v2/required_api.md).
 */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import { digitsBundle, digitsInput, pairBundle } from '../../support/bundles.js'
import { expectProblem, post, testServer } from '../../support/test-server.js'

let server: FastifyInstance
beforeAll(async () => {
  server = await testServer([await digitsBundle(), await pairBundle()])
})
afterAll(() => server?.close())

const get = (url: string) => server.inject({ url })
const tensor = (extra = {}) => ({
  name: 'input',
  shape: [1, 1, 8, 8],
  datatype: 'FP32',
  data: digitsInput(),
  ...extra,
})
const digits = '/v2/models/digits/infer'
const infer = (body: unknown, url = digits, headers = {}) => post(server, url, body, headers)
const unproven = { parameters: { proof: false } }
const answer = async (input: object, more = {}) =>
  (await infer({ inputs: [input], ...unproven, ...more })).json().outputs[0].data

describe('health', () => {
  test('"GET v2/health/live": 200 and {"live": $bool}', async () => {
    const response = await get('/v2/health/live')
    expect({ status: response.statusCode, body: response.json() }).toEqual({
      status: 200,
      body: { live: true },
    })
  })

  test('"indicates if all the models are ready for inferencing"; "a 4xx status code indicates false"', async () => {
    const response = await get('/v2/health/ready')
    expect({ status: response.statusCode, body: response.json() }).toEqual({
      status: 200,
      body: { live: true, ready: true },
    })
    const config = resolveConfig({ database: 'memory', logLevel: 'silent' })
    const models = await ServedModels.load([await pairBundle()])
    const idle = await createServer({ ...config, role: 'api' }, models)
    for (const url of ['/v2/health/ready', '/v2/models/pair/ready']) {
      const refused = await idle.inject({ url })
      expectProblem(refused, 'MODEL_NOT_READY')
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    }
    await idle.close()
  })

  test('"if a specific model is ready": {"name": $string, "ready": $bool}, with and without version', async () => {
    for (const url of ['/v2/models/digits/ready', '/v2/models/digits/versions/1/ready']) {
      expect((await get(url)).json()).toEqual({ name: 'digits', ready: true })
    }
    expectProblem(await get('/v2/models/cats/ready'), 'MODEL_NOT_FOUND')
    expectProblem(await get('/v2/models/digits/versions/2/ready'), 'MODEL_NOT_FOUND')
  })
})

describe('metadata', () => {
  test('of the server: "name", "version", "extensions"', async () => {
    for (const url of ['/v2', '/v2/']) {
      const response = await get(url)
      expect(response.statusCode).toBe(200)
      expect(response.json()).toEqual({
        name: 'zkserve',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        extensions: [expect.any(String)],
      })
    }
  })

  test('of a model: "name", "versions", "platform", tensors with "name", "datatype", "shape"', async () => {
    const { body } = await get('/v2/models/digits')
    expect(JSON.parse(body)).toEqual({
      name: 'digits',
      versions: ['1'],
      platform: 'zkserve_groth16',
      inputs: [{ name: 'input', datatype: 'FP32', shape: [1, 1, 8, 8] }],
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 10] }],
    })
    expect((await get('/v2/models/digits/versions/1')).body).toBe(body)
  })

  test('"model versions that may be explicitly requested via the appropriate endpoint"', async () => {
    const { versions } = (await get('/v2/models/digits')).json()
    for (const version of versions) {
      expect((await get(`/v2/models/digits/versions/${version}`)).statusCode).toBe(200)
    }
  })

  test('"A failed model metadata request must be indicated by an HTTP error status. The HTTP body must contain error"', async () => {
    for (const url of ['/v2/models/cats', '/v2/models/digits/versions/7', '/v2/models/digits/versions/x']) {
      const { error, detail } = expectProblem(await get(url), 'MODEL_NOT_FOUND')
      expect(error).toBe(detail)
    }
  })

  test('"All strings in all contexts are case-sensitive"', async () => {
    expectProblem(await get('/v2/models/Digits'), 'MODEL_NOT_FOUND')
    expectProblem(await infer({ inputs: [tensor({ name: 'Input' })] }), 'INVALID_INPUT')
    expectProblem(await infer({ inputs: [tensor({ datatype: 'fp32' })] }), 'INVALID_INPUT')
  })
})

describe('inference', () => {
  test('"A successful inference request is indicated by a 200": model, outputs, and a path to the proof', async () => {
    const response = await infer({ inputs: [tensor()] })
    expect(response.statusCode).toBe(200)
    const body = response.json()
    expect(body).toMatchObject({
      model_name: 'digits',
      model_version: '1',
      parameters: { proof_url: expect.stringMatching(/^\/jobs\/[0-9a-f]{32}$/), proof_state: 'queued' },
      outputs: [{ name: 'logits', shape: [1, 10], datatype: 'FP32' }],
    })
    expect(body.outputs[0].data).toHaveLength(10)
    expect((await get(body.parameters.proof_url)).json().model.name).toBe('digits')
  })

  test('"if specified this identifier must be returned in the response"; else there is none', async () => {
    for (const id of ['42', '', 'ü"\n']) {
      expect((await infer({ id, inputs: [tensor()], ...unproven })).json().id).toBe(id)
    }
    expect((await infer({ inputs: [tensor()], ...unproven })).json()).not.toHaveProperty('id')
  })

  test('with a wait the proof is made, and is what /infer would give', async () => {
    const body = { inputs: [tensor()], parameters: { wait: true, nonce: '5', salt: '6', chain_id: '7' } }
    const response = await infer(body)
    expect({ status: response.statusCode, error: response.json().error }).toEqual({ status: 200 })
    const { parameters, outputs } = response.json()
    expect(parameters.proof_state).toBe('succeeded')
    const { result } = (await get(parameters.proof_url)).json()
    expect(result).toMatchObject({ salt: '6', context: { nonce: '0x5', chainId: '7' } })
    expect(result.outputs.logits).toEqual(outputs[0].data)
    expect((await post(server, '/verify', result)).json().valid).toBe(true)
  })

  test('"parameters" values are strings, numbers and booleans, in replies too', async () => {
    const { parameters } = (await infer({ inputs: [tensor()] })).json()
    for (const value of Object.values(parameters))
      expect(['string', 'number', 'boolean']).toContain(typeof value)
    for (const value of [null, {}, [1]]) {
      expectProblem(await infer({ inputs: [tensor({ parameters: { a: value } })] }), 'INVALID_REQUEST')
    }
    for (const parameters of [{ proof: 1 }, { wait: 'yes' }, { requestr: '0x' }, 5]) {
      expectProblem(await infer({ inputs: [tensor()], parameters }), 'INVALID_REQUEST')
    }
  })

  test('"Optional, if not specified all outputs produced by the model will be returned"; else those asked for', async () => {
    const names = async (outputs: unknown) =>
      (await infer({ inputs: [tensor()], outputs, ...unproven }))
        .json()
        .outputs.map(({ name }: { name: string }) => name)
    expect(await names(undefined)).toEqual(['logits'])
    expect(await names([{ name: 'logits' }])).toEqual(['logits'])
    for (const outputs of [[{ name: 'y' }], [{ name: 'logits' }, { name: 'logits' }]]) {
      expectProblem(await infer({ inputs: [tensor()], outputs }), 'INVALID_REQUEST')
    }
  })

  test('"in their natural multi-dimensional representation, or as a flattened one-dimensional representation"', async () => {
    const flat = digitsInput()
    const rows = Array.from({ length: 8 }, (_, row) => flat.slice(8 * row, 8 * row + 8))
    const expected = await answer(tensor())
    expect(await answer(tensor({ data: [[rows]] }))).toEqual(expected)
    expect(await answer(tensor({ shape: [8, 8], data: rows }))).toEqual(expected)
    expect(await answer(tensor({ shape: [64] }))).toEqual(expected)
  })

  test('several inputs are told apart by name, in any order', async () => {
    const a = { name: 'a', shape: [1, 3], datatype: 'FP64', data: [0, 0.5, 1] }
    const b = { name: 'b', shape: [3], datatype: 'INT8', data: [1, 1, 0] }
    const url = '/v2/models/pair/versions/1/infer'
    const first = (await infer({ inputs: [a, b], ...unproven }, url)).json()
    expect(first).toMatchObject({ model_version: '1', outputs: [{ datatype: 'INT64' }] })
    expect((await infer({ inputs: [b, a], ...unproven }, url)).json().outputs).toEqual(first.outputs)
    for (const inputs of [[a], [a, a], [a, b, { ...a, name: 'c' }]]) {
      expectProblem(await infer({ inputs, ...unproven }, url), 'INVALID_INPUT')
    }
  })

  test('all datatypes that JSON holds numbers of are read', async () => {
    const ones = digitsInput(1)
    const expected = await answer(tensor({ data: ones }))
    const wholes = ['INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64']
    for (const datatype of ['FP64', ...wholes]) {
      expect(await answer(tensor({ datatype, data: ones }))).toEqual(expected)
    }
    const truths = ones.map((value) => value === 1)
    expect(await answer(tensor({ datatype: 'BOOL', data: truths }))).toEqual(expected)
  })

  test.each([
    ['another size', { shape: [1, 1, 8, 9] }],
    ['a shape that the data does not have', { data: [digitsInput(), digitsInput()] }],
    [
      'rows of another length',
      { shape: [1, 1, 8, 8], data: [digitsInput().slice(0, 32), digitsInput().slice(32)] },
    ],
    ['axes in another order', { shape: [1, 8, 8, 2], data: [...digitsInput(), ...digitsInput()] }],
    ['a batch of two', { shape: [2, 1, 8, 8], data: [...digitsInput(), ...digitsInput()] }],
    ['half numbers as whole ones', { datatype: 'INT32' }],
    ['numbers as truths', { datatype: 'BOOL' }],
    ['truths as numbers', { data: digitsInput().map((value) => value > 0) }],
    ['negative numbers as unsigned', { datatype: 'UINT8', data: digitsInput(-1) }],
    ['more than the type holds', { datatype: 'INT8', data: digitsInput(128) }],
    ['text', { datatype: 'BYTES', data: digitsInput().map(String) }],
    ['half floats', { datatype: 'FP16' }],
    ['no data', { data: undefined }],
    ['an empty shape', { shape: [], data: [] }],
    ['an axis of nothing', { shape: [0], data: [] }],
    ['a deep list', { shape: [1], data: JSON.parse(`${'['.repeat(3000)}1${']'.repeat(3000)}`) }],
    [
      'a deep list of truths',
      { datatype: 'BOOL', data: JSON.parse(`${'['.repeat(3000)}true${']'.repeat(3000)}`) },
    ],
    ['binary data', { data: undefined, parameters: { binary_data_size: 256 } }],
    ['shared memory', { data: undefined, parameters: { shared_memory_region: 'r' } }],
  ])('an input with %s is refused in one line', async (_name, change) => {
    const { error } = expectProblem(await infer({ inputs: [tensor(change)] }), 'INVALID_INPUT')
    expect(error).toMatch(/^input "input" .+/)
  })

  test('the shape is of whole numbers', async () => {
    for (const shape of [[1.5], ['1'], [-1], [2 ** 60], 8]) {
      expectProblem(await infer({ inputs: [tensor({ shape })] }), 'INVALID_REQUEST')
    }
  })

  test('the extension for binary tensors is refused as such', async () => {
    const headers = { 'inference-header-content-length': '10' }
    expectProblem(await infer('{}', digits, headers), 'UNSUPPORTED_MEDIA_TYPE')
    const outputs = [{ name: 'logits', parameters: { binary_data: true } }]
    expectProblem(await infer({ inputs: [tensor()], outputs }), 'INVALID_REQUEST')
  })

  test('"A failed inference request must be indicated by an HTTP error status. The HTTP body must contain error"', async () => {
    for (const [url, body] of [
      [digits, '{'],
      [digits, {}],
      [digits, { inputs: [] }],
      [digits, { inputs: [{}] }],
      ['/v2/models/cats/infer', { inputs: [tensor()] }],
      ['/v2/models/digits/versions/2/infer', { inputs: [tensor()] }],
      ['/v2/models/digits/versions//infer', { inputs: [tensor()] }],
    ] as const) {
      const response = await infer(body, url)
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
      expect(response.statusCode).toBeLessThan(500)
      expect(response.json().error).toMatch(/^.+$/)
    }
  })

  test('a request with an Idempotency-Key has one job, and its key is of one model', async () => {
    const headers = { 'idempotency-key': 'open-inference' }
    const body = { id: '1', inputs: [tensor()] }
    const first = await infer(body, digits, headers)
    const second = await infer(body, digits, headers)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(second.json()).toEqual(first.json())
    expectProblem(await infer(body, '/v2/models/digits/versions/1/infer', headers), 'IDEMPOTENCY_CONFLICT')
  })
})
