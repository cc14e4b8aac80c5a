/** The Python client, as a user runs it, against the service over HTTP. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { keccak256, recoverTypedDataAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { accessHeader, accessTypedData } from '#service/access/inference-request.js'
import { readAccessHeader } from '#service/access/read-header.js'
import { onPath } from '../../support/on-path.js'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js'
import { pairBundle } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'

const folder = join(packageRoot, 'service', 'client', 'python')
const request = { model: 'pair', inputs: { a: [1, 0, 0], b: [0, 0, 1] } }

let server: FastifyInstance
let proxy: TcpProxy
let url: string
let files: string

beforeAll(async () => {
  server = await testServer([await pairBundle()])
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  proxy = await startTcpProxy(port)
  url = `http://127.0.0.1:${port}`
  files = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  writeFileSync(join(files, 'body.json'), JSON.stringify(request))
})
afterAll(async () => {
  await proxy?.close()
  await server?.close()
  rmSync(files, { recursive: true, force: true })
})

const python = async (args: readonly string[]) => {
  const { stdout } = await promisify(execFile)('python3', ['-B', ...args], { cwd: folder })
  return stdout
}

/** Runs statements that have `service`, `request` and `json`, and print one JSON document. */
const run = async (statements: string, address = url) => {
  const head = `import json\nfrom zkserve import *\nservice = Zkserve(${JSON.stringify(address)})\n`
  const text = await python(['-c', `${head}request = ${JSON.stringify(request)}\n${statements}`])
  return JSON.parse(text)
}

describe.skipIf(!onPath('python3'))('the Python client', () => {
  test('asks for answers, proofs, jobs and models', async () => {
    const { answer, proven, later, valid, jobs, models } = await run(`
answer = service.infer(request)
proven = service.infer_and_prove(request)
later = service.result(service.submit(request)["job"]["id"])
print(json.dumps(dict(answer=answer, proven=proven, later=later, valid=service.verify(later)["valid"],
    jobs=[job["state"] for job in service.jobs(limit=1)], models=[model["name"] for model in service.models()])))`)
    expect(proven.integers).toEqual(answer.integers)
    expect(later.integers).toEqual(answer.integers)
    expect(valid).toBe(true)
    expect(jobs).toEqual(['succeeded', 'succeeded'])
    expect(models).toEqual(['pair'])
  })

  test('raises refusals with code, status and hints', async () => {
    const error = await run(`
try:
    service.infer({"model": "nothing", "input": [1]})
except ZkserveError as error:
    print(json.dumps([error.code, error.status, len(error.hints), len(error.request_id)]))`)
    expect(error).toEqual(['MODEL_NOT_FOUND', 404, 1, 36])
  })

  test('makes one job where the connection breaks', async () => {
    await proxy.set('refuse')
    setTimeout(() => void proxy.set('pass'), 300)
    const same = await run(
      `
first = service.infer_and_prove(request, idempotency_key="one")
print(json.dumps(first == service.infer_and_prove(request, idempotency_key="one")))`,
      `http://127.0.0.1:${proxy.port}`,
    )
    expect(same).toBe(true)
  })

  test('raises its own error where a reply breaks off, or is odd', async () => {
    const broken = createServer(({ url }, response) => {
      response.writeHead(url === '/usage' ? 200 : 500, { 'content-length': 1000 }).write('{"code":')
      setTimeout(() => response.destroy(), 50)
    })
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void broken.close())
    const { port } = broken.address() as AddressInfo
    const codes = await run(
      `
codes = []
for path in ["/usage", "/models/x"]:
    try:
        service._json("GET", path)
    except ZkserveError as error:
        codes.append([error.code, error.status])
print(json.dumps(codes))`,
      `http://127.0.0.1:${port}`,
    )
    expect(codes).toEqual([
      ['NETWORK', 0],
      ['UNEXPECTED_REPLY', 500],
    ])
  })

  test('runs as a command, and so do its examples', async () => {
    const body = join(files, 'body.json')
    expect(JSON.parse(await python(['zkserve.py', 'prove', body, '--url', url])).proof.curve).toBe('bn128')
    expect(JSON.parse(await python(['examples/prove.py', url, body]))).toMatchObject({ valid: true })
    await expect(python(['zkserve.py', 'job', '0'.repeat(32), '--url', url])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error JOB_NOT_FOUND'),
    })
  })

  test('verifies webhooks as the specification has it', async () => {
    const secret = `whsec_${Buffer.from('a secret of 24 bytes ....').toString('base64')}`
    const body = '{"type":"ping"}'
    const at = new Date()
    const headers = {
      'Webhook-Id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('msg_1', at, body)}`,
    }
    const verdict = (changes: object, text = body) =>
      run(`
try:
    given = {**json.loads(${JSON.stringify(JSON.stringify({ ...headers, ...changes }))})}
    print(json.dumps(verify_webhook(${JSON.stringify(secret)}, given, ${JSON.stringify(text)}.encode())))
except InvalidSignature as error:
    print(json.dumps(str(error)))`)
    expect(await verdict({})).toEqual({ type: 'ping' })
    expect(await verdict({ 'Webhook-Id': 'msg_2' })).toMatch(/no signature/)
    expect(await verdict({}, '{"type":"pong"}')).toMatch(/no signature/)
    expect(await verdict({ 'webhook-timestamp': '1' })).toMatch(/too old/)
    expect(await verdict({ 'webhook-timestamp': 'now' })).toMatch(/malformed/)
  })

  test('has requests for models with grants signed by whoever can, as the service reads them', async () => {
    const account = privateKeyToAccount(`0x${'46'.repeat(32)}`)
    const hex = (digits: string) => `0x${digits.repeat(20)}` as const
    const terms = { chainId: 5, grants: hex('ab'), registry: hex('cd'), modelId: 7n, version: 2 }
    let seen = { body: Buffer.alloc(0), header: '', type: '' }
    const gate = createServer(async (given, reply) => {
      const chunks: Buffer[] = []
      for await (const chunk of given) chunks.push(chunk as Buffer)
      const { [accessHeader]: header, 'content-type': type } = given.headers
      seen = { body: Buffer.concat(chunks), header: String(header), type: String(type) }
      reply.writeHead(403).end('{"code": "ACCESS_DENIED", "detail": "no grant"}')
    })
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void gate.close())
    // The signer is another program, which gets typed data as JSON, as a wallet does.
    const viem = JSON.stringify(import.meta.resolve('viem/accounts'))
    const key = JSON.stringify(`0x${'46'.repeat(32)}`)
    const signer = `import { readFileSync } from 'node:fs'
const { privateKeyToAccount } = await import(${viem})
console.log(await privateKeyToAccount(${key}).signTypedData(JSON.parse(readFileSync(0, 'utf8'))))`
    writeFileSync(join(files, 'sign.mjs'), signer)
    const called = ['infer', 'submit', 'infer_and_prove']
    for (const call of called) {
      const code = await run(
        `
import subprocess
def sign(data):
    command = [${JSON.stringify(process.execPath)}, ${JSON.stringify(join(files, 'sign.mjs'))}]
    signature = subprocess.run(command, input=json.dumps(data), capture_output=True, text=True, check=True)
    return ${call === 'submit' ? 'bytes.fromhex(signature.stdout.strip()[2:])' : 'signature.stdout.strip()'}
access = Access(5, "${terms.grants}", "${terms.registry}", 7, 2, "${account.address}", sign)
try:
    service.${call}(request, access=access)
except ZkserveError as error:
    print(json.dumps(error.code))`,
        `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
      )
      expect([code, seen.type]).toEqual(['ACCESS_DENIED', 'application/json'])
      const { signature, ...sent } = readAccessHeader(seen.header)
      const data = accessTypedData(terms, { ...sent, body: keccak256(seen.body) })
      expect(await recoverTypedDataAddress({ ...data, signature })).toBe(account.address)
    }
  })

  test('hashes as Ethereum does, whatever the length', async () => {
    const lengths = [0, 1, 134, 135, 136, 137, 271, 272, 1000]
    const hashes = await run(`
print(json.dumps([keccak256(bytes(i % 251 for i in range(n))).hex() for n in ${JSON.stringify(lengths)}]))`)
    const expected = lengths.map((n) => keccak256(Uint8Array.from({ length: n }, (_, i) => i % 251)).slice(2))
    expect(hashes).toEqual(expected)
  })

  test('stands on the standard library alone', () => {
    const text = readFileSync(join(folder, 'zkserve.py'), 'utf8')
    const imported = [...text.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name!)
    const known = [
      '__future__',
      'argparse',
      'base64',
      'hashlib',
      'hmac',
      'http',
      'json',
      'random',
      'sys',
      'time',
    ]
    expect(imported.filter((name) => ![...known, 'typing', 'urllib', 'uuid'].includes(name))).toEqual([])
  })
})
