/** The TypeScript client against the service over HTTP, also where the way between them breaks. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInput } from '#circuits/data/input.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { loadBundle } from '#prover/bundle/load.js'
import * as circomlib from '#prover/inference/commitment.js'
import { ZkserveClient } from '#service/client/client.js'
import { commitInputs } from '#service/client/poseidon.js'
import { trustModel, verifyAnswer } from '#service/client/trusted-model.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import { localSigner } from '#service/receipts/signer.js'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'

const key = `0x${'46'.repeat(32)}` as const
const inputs = { a: [1, 0, 0], b: [0, 0, 1] }

let server: FastifyInstance
let proxy: TcpProxy
let client: ZkserveClient
let broken: ZkserveClient

beforeAll(async () => {
  server = await testServer([await digitsBundle(), await pairBundle()], { queueSize: 2 }, localSigner(key))
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  proxy = await startTcpProxy(port)
  client = new ZkserveClient({ url: `http://127.0.0.1:${port}/` })
  broken = new ZkserveClient({ url: `http://127.0.0.1:${proxy.port}` })
})
afterAll(async () => {
  await proxy?.close()
  await server?.close()
})

describe('the client', () => {
  test('asks for answers, proofs and jobs', async () => {
    const answer = await client.infer({ model: 'pair', inputs })
    const proven = await client.inferAndProve({ model: 'pair', inputs })
    expect(proven.integers).toEqual(answer.integers)
    expect(await client.verify(proven)).toMatchObject({ valid: true })
    const { job } = await client.submit({ model: 'pair', inputs })
    expect((await client.jobs.result(job.id)).integers).toEqual(answer.integers)
    expect((await client.jobs.cancel(job.id)).state).toBe('succeeded')
    expect(await client.receiptSigner()).toBe(privateKeyToAddress(key))
  })

  test('tells the stages of a proof', async () => {
    const told: string[] = []
    const onEvent = ({ state, stage }: { state: string; stage: string | null }) => told.push(stage ?? state)
    await client.inferAndProve({ model: 'pair', inputs }, { onEvent })
    expect(told).toEqual(['queued', 'load', 'witness', 'prove', 'verify', 'succeeded'])
  })

  test('gives refusals as errors with code, hints and the id of the request', async () => {
    await expect(client.infer({ model: 'nothing', input: [1] })).rejects.toMatchObject({
      ...{ name: 'ZkserveClientError', code: 'MODEL_NOT_FOUND', status: 404 },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      hints: [expect.any(String)],
    })
    await expect(client.jobs.result('0'.repeat(32))).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  test('gives up by signal, and cancels the job', async () => {
    const controller = new AbortController()
    const onEvent = () => controller.abort()
    const request = client.inferAndProve(
      { model: 'digits', input: digitsInput() },
      { signal: controller.signal, onEvent },
    )
    await expect(request).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('makes one job whatever breaks on the way', async () => {
    for (const fault of ['cut', 'reset', 'refuse'] as const) {
      const idempotencyKey = crypto.randomUUID()
      const once = broken.inferAndProve({ model: 'pair', inputs }, { idempotencyKey })
      if (fault === 'cut') proxy.cut()
      else await proxy.set(fault)
      setTimeout(() => void proxy.set('pass'), 300)
      const proven = await once
      const again = await broken.inferAndProve({ model: 'pair', inputs }, { idempotencyKey })
      expect(again).toEqual(proven)
    }
  })

  test('waits where the queue is full, and not for ever', async () => {
    const many = Array.from({ length: 12 }, () => client.inferAndProve({ model: 'pair', inputs }))
    const valid = (await Promise.all(many)).map(({ publicSignals }) => publicSignals.length > 0)
    expect(valid).toEqual(Array(12).fill(true))
  })
})

describe('checking an answer', () => {
  const requester = `0x${'1d'.repeat(20)}`
  let digits: ProofReply
  let pair: ProofReply
  const trusted = async (name: string) => {
    const { manifest, verificationKey } = await loadBundle(
      name === 'pair' ? await pairBundle() : await digitsBundle(),
    )
    return trustModel(manifest.vkHash, manifest, verificationKey)
  }
  beforeAll(async () => {
    digits = await client.inferAndProve({ model: 'digits', input: digitsInput(), requester, nonce: '7' })
    pair = await client.inferAndProve({ model: 'pair', inputs })
  })

  test('finds that it is of this input, requester, nonce and signer', async () => {
    const signer = privateKeyToAddress(key)
    const expected = { input: digitsInput(), requester, nonce: '0x7', signer }
    expect(await verifyAnswer(await trusted('digits'), digits, expected)).toMatchObject({ valid: true })
    expect(await verifyAnswer(await trusted('pair'), pair, { input: inputs, signer })).toMatchObject({
      valid: true,
    })
  })

  test.for([
    ['another input', { input: digitsInput(0.75) }],
    ['another requester', { requester: `0x${'1e'.repeat(20)}` }],
    ['another nonce', { nonce: '8' }],
    ['another signer', { signer: requester }],
  ] as const)('refuses %s', async ([, expected]) => {
    expect(await verifyAnswer(await trusted('digits'), digits, expected)).toMatchObject({ valid: false })
  })

  test('refuses what was changed', async () => {
    const model = await trusted('digits')
    const [[name, first]] = Object.entries(digits.outputs) as [[string, number[]]]
    const changed: Partial<ProofReply>[] = [
      { outputs: { [name]: [first[0]! + 1, ...first.slice(1)] } },
      { label: (digits.label ?? 0) + 1 },
      { publicSignals: ['1', ...digits.publicSignals.slice(1)] },
      { publicSignals: digits.publicSignals.slice(1) },
      { proof: pair.proof },
      { context: { ...digits.context, requester: `0x${'1e'.repeat(20)}` } },
      { model: pair.model },
    ]
    for (const change of changed) {
      expect(await verifyAnswer(model, { ...digits, ...change })).toMatchObject({ valid: false })
    }
    expect(
      await verifyAnswer(
        await trusted('pair'),
        { ...pair, salt: '1' },
        { input: { a: [0, 0, 0], b: [0, 0, 1] } },
      ),
    ).toMatchObject({ valid: false })
    expect(await verifyAnswer(model, { ...digits, salt: null }, { input: digitsInput() })).toMatchObject({
      valid: false,
    })
  })

  test('takes no key but the trusted one', async () => {
    const { manifest, verificationKey } = await trusted('digits')
    const other = (await trusted('pair')).manifest.vkHash
    expect(() => trustModel(other, manifest, verificationKey)).toThrow(/not the one of hash/)
  })

  test('commits to inputs as circomlibjs does', async () => {
    const { model } = await loadBundle(await digitsBundle())
    for (const value of [0, 0.5, 100]) {
      const { integers } = quantiseInputs(model, parseInput({ input: digitsInput(value) }, model.inputs))
      const expected = await circomlib.commitInputs(model, integers, 12345n)
      expect(commitInputs(model, integers, 12345n)).toBe(expected)
    }
  })
})
