import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { zipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { npy, npz } from '../../support/npy-writer.js'
import { onnxModel, tensor } from '../../support/onnx-builder.js'
import { expectProblem, testServer } from '../support/test-server.js'
import { multipartBody, multipartType, type Part, partsOf, upload } from '../support/uploads.js'

const modelLimit = 200_000
let server: FastifyInstance

beforeAll(async () => {
  server = await testServer([], { modelLimit })
})
afterAll(() => server?.close())

/** Whatever came before, the service is alive, and nothing was made. */
afterEach(async () => {
  expect((await server.inject({ url: '/models' })).json()).toEqual({ models: [], next: null })
  expect((await server.inject({ url: '/health/live' })).statusCode).toBe(200)
})

const [model, calibration] = partsOf('breast-cancer') as [Part, Part]
const options = (content: unknown): Part => ({
  name: 'options',
  content: typeof content === 'string' ? content : JSON.stringify(content),
})
const named = options({ name: 'x' })
const rows = (content: Uint8Array | string): Part => ({ name: 'calibration', content })
const post = (payload: Buffer | string, type: string = multipartType) =>
  server.inject({ method: 'POST', url: '/models', payload, headers: { 'content-type': type } })

describe('bodies', () => {
  test.each<[string, Buffer | string, string, ErrorCode]>([
    ['of JSON', '{}', 'application/json', 'UNSUPPORTED_MEDIA_TYPE'],
    ['of no type', 'x', '', 'UNSUPPORTED_MEDIA_TYPE'],
    ['without a boundary', 'x', 'multipart/form-data', 'UNSUPPORTED_MEDIA_TYPE'],
    ['with no boundary', 'x', 'multipart/form-data; boundary=', 'INVALID_REQUEST'],
    ['that are empty', '', multipartType, 'INVALID_REQUEST'],
    ['that are no parts', 'x'.repeat(1000), multipartType, 'INVALID_REQUEST'],
    [
      'that end early',
      multipartBody([model, calibration]).subarray(0, 4000),
      multipartType,
      'INVALID_REQUEST',
    ],
    ['that end in a header', multipartBody([model]).subarray(0, 60), multipartType, 'INVALID_REQUEST'],
  ])('%s are refused', async (_, body, type, code) => {
    expectProblem(await post(body, type), code)
  })

  test('of more than the files may have are not read', async () => {
    const large = { ...model, content: new Uint8Array(modelLimit + 1) }
    expectProblem(await upload(server, [large, calibration]), 'BODY_TOO_LARGE')
    const huge = await post(multipartBody([{ ...model, content: new Uint8Array(1_000_000) }]))
    expectProblem(huge, 'BODY_TOO_LARGE')
    expect(huge.headers.connection).toBe('close')
  })

  test('of a hundred thousand parts end at the fourth', async () => {
    const part = multipartBody([{ name: 'f', content: '' }]).subarray(0, -30)
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => part))
    expectProblem(await post(many), 'BODY_TOO_LARGE')
    expectProblem(await post(many.subarray(0, 400_000)), 'INVALID_REQUEST')
    expectProblem(await upload(server, [model, calibration, named, named]), 'BODY_TOO_LARGE')
  })

  test('that a client breaks off leave nothing behind', async () => {
    const address = await server.listen({ port: 0 })
    const { port } = server.server.address() as AddressInfo
    expect(address).toContain(String(port))
    for (let i = 0; i < 5; i++) {
      const body = multipartBody([model, calibration])
      const headers = { 'content-type': multipartType, 'content-length': body.length }
      const sent = request({ port, method: 'POST', path: '/models', headers })
      const closed = new Promise((resolve) => sent.once('close', resolve))
      sent.on('error', () => {})
      sent.write(body.subarray(0, 3000), () => setTimeout(() => sent.destroy(), 10))
      await closed
    }
    // All places are free again.
    for (;;) {
      const { statusCode } = await upload(server, [model])
      if (statusCode !== 503) return expect(statusCode).toBe(400)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

describe('parts', () => {
  test.each<[string, Part[], ErrorCode]>([
    ['that lack the model', [calibration, named], 'INVALID_REQUEST'],
    ['that lack the data', [model, named], 'INVALID_REQUEST'],
    ['that nobody asked for', [model, calibration, { name: 'x', content: '' }], 'INVALID_REQUEST'],
    ['of a prototype', [{ name: '__proto__', content: '{}' }, model, calibration], 'INVALID_REQUEST'],
    ['of a constructor', [model, calibration, { name: 'constructor', content: '{}' }], 'INVALID_REQUEST'],
    ['that come twice', [model, model, calibration], 'INVALID_REQUEST'],
    ['with options that are no JSON', [model, calibration, options('{"bits":')], 'INVALID_REQUEST'],
    ['with options that are no object', [model, calibration, options('[]')], 'INVALID_REQUEST'],
    ['with large options', [model, calibration, options({ name: 'x'.repeat(100_000) })], 'INVALID_REQUEST'],
    ['with deep options', [model, calibration, options('['.repeat(30_000))], 'INVALID_REQUEST'],
  ])('%s are refused', async (_, parts, code) => {
    expectProblem(await upload(server, parts), code)
  })

  test.each([
    { bits: 3 },
    { bits: '8' },
    { batch: 0 },
    { batch: 1e9 },
    { output: 'topk:' },
    { output: 'topk:0' },
    { output: 'threshold:x' },
    { weights: 'none' },
    { minAgreement: 2 },
    { inputRange: [1, 0] },
    { inputRange: [1] },
    { normalise: { mean: [0], deviation: [0] } },
    { normalise: { mean: [0, 1], deviation: [1] } },
    { uint8: true, inputBits: 4 },
    { maximumConstraints: 1e9 },
    { name: '' },
    { name: 'a'.repeat(65) },
    { name: '../x' },
    { name: 'a:1' },
    { name: 'a\u0000b' },
    { name: 'a\nb' },
    { name: '\u202etxt' },
    { name: 'f'.repeat(64) },
    { name: `0x${'0'.repeat(64)}` },
  ])('with the options %j are refused', async (given) => {
    const reply = await upload(server, [model, calibration, options(given)])
    expect(reply.statusCode).toBe(400)
    expectProblem(reply, reply.json().code)
  })
})

describe('files', () => {
  const zeros = (bytes: number) => zipSync({ 'inputs.npy': new Uint8Array(bytes) }, { level: 9 })
  const [other] = partsOf('mnist-mlp') as [Part]

  test.each<[string, Part[], ErrorCode]>([
    ['a model of nothing', [{ ...model, content: '' }, calibration, named], 'INVALID_ONNX'],
    ['a model of text', [{ ...model, content: '#!/bin/sh\n' }, calibration, named], 'INVALID_ONNX'],
    ['data of nothing', [model, rows(''), named], 'INVALID_DATA'],
    ['data of text', [model, rows('x,y\n1,2\n'), named], 'INVALID_DATA'],
    ['data of another model', [other, calibration, named], 'INVALID_DATA'],
    ['data without rows', [model, rows('{"inputs": []}'), named], 'INVALID_DATA'],
    [
      'data that are no numbers',
      [model, rows(`{"inputs": [[${'null,'.repeat(29)}1]]}`), named],
      'INVALID_DATA',
    ],
    ['a bomb of zeros', [model, rows(zeros(130 * 2 ** 20)), named], 'INVALID_DATA'],
    [
      'an array of a false length',
      [model, rows(npz({ inputs: npy('<f4', [1e9, 30], new Float32Array(30)) })), named],
      'INVALID_DATA',
    ],
  ])('%s are refused', async (_, parts, code) => {
    expectProblem(await upload(server, parts), code)
  })

  test('of a circuit beyond all limits are refused before it is looked at', async () => {
    const content = onnxModel({
      inputs: [{ name: 'x', shape: [1, 1, 600, 600] }],
      outputs: ['y'],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    })
    const data = zipSync({ 'inputs.npy': npy('<u1', [1, 360_000], new Uint8Array(360_000)) })
    const reply = await upload(server, [{ ...model, content }, rows(data), named])
    expect(expectProblem(reply, 'MODEL_TOO_LARGE').details).toEqual({
      constraints: 2_880_000,
      limit: 2_097_152,
    })
  })

  test('whose name cannot be one of a model need another', async () => {
    const content = onnxModel({
      inputs: [{ name: 'x', shape: [1, 2] }],
      outputs: ['y'],
      nodes: [{ op: 'MatMul', inputs: ['x', 'W'], outputs: ['y'] }],
      initializers: { W: tensor([2, 2], [1, 0, 0, 1]) },
      name: 'a\nname: "x"',
    })
    const reply = await upload(server, [{ ...model, content }, rows('{"inputs": [[0, 1], [1, 0]]}')])
    expectProblem(reply, 'INVALID_REQUEST')
  })
})
