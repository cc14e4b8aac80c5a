import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeRegistration, registrationUri } from '#service/agents/make-registration.js'
import { fetchRegistration, offerOf, parseRegistration } from '#service/agents/read-registration.js'
import { registrationPath } from '#service/agents/registration-file.js'
import { resolveConfig } from '#service/config/resolve.js'
import { digitsBundle } from '../support/bundles.js'
import { callJson } from '../support/command-line.js'
import { testServer } from '../support/test-server.js'

const registry = 'eip155:31337:0x5FbDB2315678afecb367f032d93F642f64180aa3'
const settings = {
  agentName: 'digits',
  publicUrl: 'https://agent.example/',
  agentRegistrations: [`${registry}/22`],
  agentServices: ['A2A=https://agent.example/.well-known/agent-card.json'],
}
const manifest = { name: 'digits', vkHash: `0x${'1f'.repeat(32)}` } as const
const file = makeRegistration(resolveConfig(settings), [{ manifest, modelId: 7n, version: 2 }])

const wrong = (text: RegExp) =>
  expect.objectContaining({ code: 'INVALID_AGENT', message: expect.stringMatching(text) })

describe('the file', () => {
  test('has the structure of ERC-8004', () => {
    expect(file).toMatchObject({
      type: 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1',
      name: 'digits',
      description: 'Proven answers of neural networks: digits.',
      image: expect.stringMatching(/^data:image/),
      x402Support: false,
      active: true,
      registrations: [{ agentId: 22, agentRegistry: registry }],
      supportedTrust: ['zkml'],
    })
    expect(file.services.map(({ name, endpoint }) => [name, endpoint])).toEqual([
      ['web', 'https://agent.example/docs'],
      ['OpenAPI', 'https://agent.example/docs/json'],
      ['Open Inference Protocol', 'https://agent.example/v2'],
      ['zkserve', 'https://agent.example'],
      ['A2A', 'https://agent.example/.well-known/agent-card.json'],
    ])
    expect(parseRegistration(JSON.stringify(file))).toEqual(file)
    expect(offerOf(file)).toMatchObject({
      verifier: { chainId: '31337', address: `0x${'0'.repeat(40)}` },
      models: [{ name: 'digits', vkHash: manifest.vkHash, modelId: '7', version: 2 }],
    })
  })

  test('names the MCP endpoint where there is one', () => {
    const spoken = makeRegistration(resolveConfig({ ...settings, mcp: true }), [])
    const entry = spoken.services.find(({ name }) => name === 'MCP')
    expect(entry).toEqual({ name: 'MCP', endpoint: 'https://agent.example/mcp', version: '2025-11-25' })
  })

  test('is read from a data URI', async () => {
    expect(await fetchRegistration(registrationUri(file))).toEqual(file)
  })

  test('is read over https, or http where that is allowed; without redirects, up to its limits', async () => {
    const replies: Record<string, readonly [number, string]> = {
      '/good': [200, JSON.stringify(file)],
      '/gone': [404, ''],
      '/moved': [302, ''],
      '/large': [200, 'x'.repeat(300_000)],
    }
    const server = createServer(({ url }, response) => {
      const [status, body] = replies[url!]!
      response.writeHead(status, status === 302 ? { location: '/good' } : {}).end(body)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await fetchRegistration(`${url}/good`, { allowHttp: true })).toEqual(file)
    await expect(fetchRegistration(`${url}/good`)).rejects.toThrowError(wrong(/neither https/))
    for (const [path, reason] of [
      ['/gone', /answers 404/],
      ['/moved', /cannot be fetched/],
      ['/large', /larger than/],
    ] as const) {
      await expect(fetchRegistration(url + path, { allowHttp: true })).rejects.toThrowError(wrong(reason))
    }
    await expect(fetchRegistration('ipfs://cid')).rejects.toThrowError(wrong(/neither https/))
    await expect(fetchRegistration('not an address')).rejects.toThrowError(wrong(/neither https/))
  })

  test.each([
    ['', /not JSON/],
    ['{}', /must have required/],
    [JSON.stringify({ ...file, type: 'other' }), /type/],
    [JSON.stringify({ ...file, registrations: [{ agentId: 1, agentRegistry: '0x00' }] }), /registrations/],
    [' '.repeat(300_000), /larger than/],
  ])('is refused where it is malformed: %#', (text, reason) => {
    expect(() => parseRegistration(text)).toThrowError(wrong(reason))
  })

  test('may offer nothing of ours, or something malformed', () => {
    const services = file.services.filter(({ name }) => name !== 'zkserve')
    expect(offerOf({ ...file, services })).toBeNull()
    const malformed = [...services, { name: 'zkserve', endpoint: 'https://agent.example' }]
    expect(() => offerOf({ ...file, services: malformed })).toThrowError(wrong(/"zkserve"/))
  })
})

describe('a service', () => {
  test('shows itself as an agent where it has a name', async () => {
    const bundle = await digitsBundle()
    const server = await testServer([bundle], { ...settings, registrations: ['digits=7:2'], auth: 'keys' })
    onTestFinished(() => server.close())
    const response = await server.inject({ url: registrationPath })
    expect(response.statusCode).toBe(200)
    const shown = parseRegistration(response.body)
    expect(offerOf(shown)?.models).toMatchObject([{ name: 'digits', modelId: '7', version: 2 }])
    const given = Object.entries({ ...settings, registrations: ['digits=7:2'], models: [bundle] })
    const flags = given.flatMap(([name, value]) => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      ...[value].flat(),
    ])
    const { code, document } = await callJson(['agent', 'card', ...flags])
    expect({ code, document }).toEqual({ code: 0, document: shown })
  })

  test('is no agent without a name, and none without an address', async () => {
    const server = await testServer([])
    onTestFinished(() => server.close())
    expect((await server.inject({ url: registrationPath })).statusCode).toBe(404)
    expect(() => resolveConfig({ agentName: 'digits' })).toThrowError(
      expect.objectContaining({ code: 'USAGE' }),
    )
  })
})
