import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '#prover/bundle/files.js'
import { verificationKeyHash } from '#prover/key/encode.js'
import { type Scope, scopes, type TenantLimits } from '#service/tenants/tenant.js'
import { expectProblem, testServer } from '../support/test-server.js'
import { endOf, multipartBody, multipartType, type Part, partsOf } from '../support/uploads.js'

let server: FastifyInstance
const keys = new Map<string, string>()

const ask = (who: string, options: InjectOptions): Promise<LightMyRequestResponse> =>
  server.inject({ ...options, headers: { authorization: `Bearer ${keys.get(who)}`, ...options.headers } })

const get = async (who: string, url: string) => (await ask(who, { url })).json()

const upload = (who: string, parts: readonly Part[], headers = {}) =>
  ask(who, {
    method: 'POST',
    url: '/models',
    payload: multipartBody(parts),
    headers: { 'content-type': multipartType, ...headers },
  })

const ended = (who: string, job: string) => endOf(server, job, { authorization: `Bearer ${keys.get(who)}` })

async function addTenant(id: string, limits: TenantLimits, allowed: readonly Scope[] = scopes) {
  await server.admin('tenant.add', { id, limits })
  const { key } = await server.admin('key.add', {
    tenant: id,
    label: '',
    lifetime: null,
    scopes: [...allowed],
  })
  keys.set(id, key)
}

beforeAll(async () => {
  server = await testServer([], { auth: 'keys' })
  await addTenant('ann', {})
  await addTenant('bob', {})
  await addTenant('small', { constraintsPerModel: 500 })
  await addTenant('none', { models: 0 })
  await addTenant('reader', {}, ['infer', 'read'])
})
afterAll(() => server?.close())

const options = { name: 'tumour', output: 'argmax' }
const input = Array.from({ length: 30 }, (_, i) => (i % 5) / 5)

/** The two versions that the first test builds. */
const built: Record<'fixed' | 'committed', { id: string; job: string }> = {
  fixed: { id: '', job: '' },
  committed: { id: '', job: '' },
}

describe('an uploaded model', () => {
  test('is accepted with an estimate and a job, once for a key', async () => {
    const headers = { 'idempotency-key': 'first' }
    const reply = await upload('ann', partsOf('breast-cancer', options), headers)
    expect(reply.statusCode).toBe(202)
    const { model, estimate, job } = reply.json()
    expect(reply.headers.location).toBe(`/jobs/${job.id}`)
    expect(model).toEqual({
      ...{ id: model.id, name: 'tumour', version: 1 },
      ...{ state: 'building', url: `/models/${model.id}` },
    })
    expect(estimate).toMatchObject({ parameters: 530, macs: 512 })
    expect(Math.abs(estimate.constraints - 786)).toBeLessThan(80)

    const again = await upload('ann', partsOf('breast-cancer', options), headers)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json()).toEqual(reply.json())
    const other = await upload('ann', partsOf('breast-cancer', { ...options, bits: 9 }), headers)
    expectProblem(other, 'IDEMPOTENCY_CONFLICT')
    built.fixed = { id: model.id, job: job.id }
  })

  test('is told of while it is built', async () => {
    const entry = await get('ann', `/models/${built.fixed.id}`)
    expect(entry).toMatchObject({ state: 'building', name: 'tumour', version: 1, shared: false, error: null })
    expect((await get('ann', '/models')).models).toEqual([entry])
    const early = await ask('ann', { method: 'POST', url: '/infer', payload: { model: 'tumour', input } })
    expectProblem(early, 'MODEL_NOT_READY')
    for (const part of ['report', 'manifest', 'solidity', 'verification-key'])
      expectProblem(await ask('ann', { url: `/models/tumour/${part}` }), 'MODEL_NOT_READY')
  })

  test('is built in stages, answers, and its proofs verify', async () => {
    const { id, job } = built.fixed
    const done = await ended('ann', job)
    expect(done).toMatchObject({
      kind: 'build',
      state: 'succeeded',
      model: { id, name: 'tumour', version: 1 },
    })
    expect(done.result).toMatchObject({ model: { id, version: 1 }, constraints: 786 })
    const events = (await ask('ann', { url: `/jobs/${job}/events` })).body
    const stages = [...events.matchAll(/"stage":"(\w+)"/g)].map(([, stage]) => stage)
    expect(stages).toEqual(['load', 'import', 'quantise', 'emit', 'compile', 'setup', 'write', 'store'])

    const payload = { model: 'tumour', input, wait: true }
    const proven = await ask('ann', { method: 'POST', url: '/infer', payload })
    expect(proven.statusCode).toBe(200)
    expect(proven.json().model.vkHash).toBe(done.result.model.vkHash)
    const checked = await ask('ann', { method: 'POST', url: '/verify', payload: proven.json() })
    expect(checked.json()).toMatchObject({ valid: true })
  }, 120_000)

  test('gets its next version by its name, here with committed weights', async () => {
    const parts = partsOf('breast-cancer', { ...options, weights: 'committed' })
    const { model, job } = (await upload('ann', parts)).json()
    expect(model).toMatchObject({ name: 'tumour', version: 2 })
    expect(await ended('ann', job.id)).toMatchObject({
      state: 'succeeded',
      result: { model: { version: 2 } },
    })
    built.committed = { id: model.id, job: job.id }
    const of = async (id: string) => (await get('ann', `/models/${id}`)).version
    expect(await of('tumour')).toBe(2)
    expect(await of('tumour:1')).toBe(1)
    expect(await of(built.fixed.id)).toBe(1)
    expect(
      (await get('ann', '/models?name=tumour')).models.map((entry: { version: number }) => entry.version),
    ).toEqual([2, 1])
    expect((await get('ann', '/models?name=other')).models).toEqual([])
  }, 120_000)
})

describe('what is told of a model', () => {
  test('comes in pages', async () => {
    const first = await ask('ann', { url: '/models?limit=1' })
    const { models, next } = first.json()
    expect(models).toHaveLength(1)
    expect(first.headers.link).toBe(`</models?limit=1&cursor=${next}>; rel="next"`)
    const second = await get('ann', `/models?limit=1&cursor=${next}`)
    expect(second.models[0].id).not.toBe(models[0].id)
    expect(second.next).toBeNull()
    for (const query of ['limit=0', 'limit=101', 'cursor=x', 'state=ready'])
      expectProblem(await ask('ann', { url: `/models?${query}` }), 'INVALID_REQUEST')
  })

  test('has its accuracy and its constraints by layer', async () => {
    const report = await get('ann', '/models/tumour:1/report')
    const { total, layers, ...overhead } = report.constraints
    const costs = [
      ...layers.map((layer: { constraints: number }) => layer.constraints),
      ...Object.values(overhead),
    ]
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(total)
    expect(report.accuracy).toMatchObject({ count: 200, agreement: 1 })
  })

  test('has the manifest with the digest that it gives', async () => {
    const text = (await ask('ann', { url: '/models/tumour:1/manifest' })).body
    const { digest, ...body } = JSON.parse(text)
    expect(sha256(new TextEncoder().encode(JSON.stringify(body)))).toBe(digest)
    expect(body.files['proving.zkey'].bytes).toBeGreaterThan(0)
  })

  test.each(['tumour:1', 'tumour:2'])('has how contracts take its proofs (%s)', async (id) => {
    const { registration, statement, outputs, functions } = await get('ann', `/models/${id}/solidity`)
    const key = await get('ann', `/models/${id}/verification-key`)
    const { vkHash, weights } = await get('ann', `/models/${id}`)
    expect(verificationKeyHash(key)).toBe(vkHash)
    expect(registration.commitment.vkHash).toBe(vkHash)
    expect(statement.map(({ kind }: { kind: string }) => kind)).toEqual(['inputCommitment', 'output'])
    expect(outputs).toEqual([{ name: 'logits', word: 1, lane: 0, elements: 1, scale: 1 }])
    expect(functions.map(({ name }: { name: string }) => name)).toEqual(['verify', 'certify', 'consume'])
    expect(registration.terms).toMatchObject({ setup: 0, inputSignals: 1, outputSignals: 1 })
    const committed = weights === 'committed'
    expect(registration.function).toBe(committed ? 'publishCommittedModel' : 'publishModel')
    expect(registration.architecture === null).toBe(!committed)
    expect(registration.key === null).toBe(committed)
  })
})

describe('an upload is refused', () => {
  test('beyond the constraints of a model', async () => {
    const problem = expectProblem(await upload('small', partsOf('breast-cancer', options)), 'MODEL_TOO_LARGE')
    expect(problem.details).toMatchObject({ limit: 500 })
    expect(problem.detail).toMatch(/about \d{3} constraints, and the tenant allows 500/)
    expect((await get('small', '/models')).models).toEqual([])
  })

  test('beyond the number of models', async () => {
    expectProblem(await upload('none', partsOf('breast-cancer', options)), 'QUOTA_EXCEEDED')
  })

  test('without the scope', async () => {
    expectProblem(await upload('reader', partsOf('breast-cancer', options)), 'FORBIDDEN')
    expectProblem(await ask('reader', { method: 'DELETE', url: '/models/tumour:1' }), 'FORBIDDEN')
  })
})

describe('a build', () => {
  test('that is cancelled ends, and its model with it', async () => {
    const { model, job } = (await upload('bob', partsOf('digits-cnn', { name: 'digits' }))).json()
    for (;;) {
      const { stage } = await get('bob', `/jobs/${job.id}`)
      if (stage === 'compile') break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const cancelled = await ask('bob', { method: 'DELETE', url: `/jobs/${job.id}` })
    expect(cancelled.json()).toMatchObject({ state: 'cancelled' })
    expect(await get('bob', `/models/${model.id}`)).toMatchObject({
      state: 'failed',
      error: { code: 'CANCELLED' },
    })
    expectProblem(
      await ask('bob', { method: 'POST', url: '/infer', payload: { model: 'digits', input } }),
      'MODEL_NOT_READY',
    )
  }, 60_000)

  test('fails where the model is not accurate enough, and says so', async () => {
    const parts = partsOf('breast-cancer', { name: 'coarse', bits: 4, minAgreement: 1 })
    const { model, job } = (await upload('bob', parts)).json()
    expect(await ended('bob', job.id)).toMatchObject({ state: 'failed', error: { code: 'ACCURACY_TOO_LOW' } })
    expect(await get('bob', `/models/${model.id}`)).toMatchObject({
      state: 'failed',
      error: { code: 'ACCURACY_TOO_LOW' },
    })
  }, 60_000)

  test('ends with its model when that is deleted', async () => {
    const { model, job } = (await upload('bob', partsOf('digits-cnn', { name: 'gone' }))).json()
    expect((await ask('bob', { method: 'DELETE', url: `/models/${model.id}` })).statusCode).toBe(204)
    expect(await ended('bob', job.id)).toMatchObject({ state: 'cancelled' })
    expectProblem(await ask('bob', { url: `/models/${model.id}` }), 'MODEL_NOT_FOUND')
  }, 60_000)
})

describe('a deleted model', () => {
  const infer = (id: string) => ask('ann', { method: 'POST', url: '/infer', payload: { model: id, input } })

  test('is one version, and one of your own', async () => {
    expectProblem(await ask('ann', { method: 'DELETE', url: '/models/tumour' }), 'INVALID_REQUEST')
    expectProblem(await ask('bob', { method: 'DELETE', url: `/models/${built.fixed.id}` }), 'MODEL_NOT_FOUND')
    expectProblem(
      await ask('ann', { method: 'DELETE', url: '/models/tumour:1?cancel=yes' }),
      'INVALID_REQUEST',
    )
  })

  test('lets proofs under way end', async () => {
    const { job } = (await infer('tumour:1')).json()
    expect((await ask('ann', { method: 'DELETE', url: '/models/tumour:1' })).statusCode).toBe(204)
    expectProblem(await infer('tumour:1'), 'MODEL_NOT_FOUND')
    expectProblem(await ask('ann', { method: 'DELETE', url: '/models/tumour:1' }), 'MODEL_NOT_FOUND')
    expect(await ended('ann', job.id)).toMatchObject({ state: 'succeeded' })
  }, 60_000)

  test('takes proofs under way with it where that is asked for', async () => {
    const jobs = [await infer('tumour:2'), await infer('tumour:2'), await infer('tumour:2')]
    const url = `/models/${built.committed.id}?cancel=true`
    expect((await ask('ann', { method: 'DELETE', url })).statusCode).toBe(204)
    const last = await ended('ann', jobs.at(-1)!.json().job.id)
    expect(last).toMatchObject({ state: 'cancelled' })
    expect((await get('ann', '/models')).models).toEqual([])
  }, 60_000)
})
