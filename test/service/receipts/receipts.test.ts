import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { concat, type Hex, hashTypedData, keccak256, numberToHex, verifyTypedData } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProofReply } from '#service/http/schemas/inference.js'
import type { Receipt } from '#service/receipts/receipt.js'
import { localSigner, type ReceiptSigner } from '#service/receipts/signer.js'
import { digitsBundle, digitsInput, pairBundle } from '../support/bundles.js'
import { callJson, finish, startCommand } from '../support/command-line.js'
import { expectProblem, post, testServer } from '../support/test-server.js'

const key = `0x${'46'.repeat(32)}` as const
const address = privateKeyToAddress(key)
const requester = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const verifier = '0x00000000000000000000000000000000000000cd'
const pairInputs = { a: [1, 0, 0], b: [0, 0, 1] }

let server: FastifyInstance
let digits: ProofReply & { readonly receipt: Receipt }
let pair: ProofReply & { readonly receipt: Receipt }
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  server = await testServer([await digitsBundle(), await pairBundle()], { verifier }, localSigner(key))
  const ask = async (body: object) => (await post(server, '/infer', { ...body, wait: true })).json()
  digits = await ask({ model: 'digits', input: digitsInput(), requester, nonce: '0x2a', chainId: '8453' })
  pair = await ask({ model: 'pair', inputs: pairInputs })
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As whoever got the JSON verifies it. */
const holds = (receipt: Receipt) =>
  verifyTypedData({ ...receipt, address } as unknown as Parameters<typeof verifyTypedData>[0]).catch(
    () => false,
  )

const digest = (values: readonly (string | bigint | number)[], signed = false) =>
  keccak256(concat(values.map((value) => numberToHex(BigInt(value), { size: 32, signed }))))

describe('a receipt', () => {
  test('is verified by viem as it is, for hashed and for public inputs', async () => {
    expect(digits.receipt.signer).toBe(address)
    expect(await holds(digits.receipt)).toBe(true)
    expect(await holds(pair.receipt)).toBe(true)
  })

  test('says model, inputs, outputs, proof, context and time', () => {
    const { modelHash, circuitHash, vkHash } = digits.model
    expect(digits.receipt.domain).toEqual({
      ...{ name: 'zkserve', version: '1' },
      ...{ chainId: '8453', verifyingContract: verifier },
    })
    const { issuedAt } = digits.receipt.message
    expect(digits.receipt.message).toEqual({
      ...{ modelHash, circuitHash, vkHash },
      inputs: numberToHex(BigInt(digits.inputCommitment!), { size: 32 }),
      outputs: digest(digits.integers.logits!, true),
      publicSignals: digest(digits.publicSignals),
      proof: keccak256(concat(digits.calldata.inference.proof as Hex[])),
      requester: requester.toLowerCase(),
      nonce: '0x2a',
      issuedAt,
    })
    expect(Number.isInteger(issuedAt)).toBe(true)
    expect(Math.abs(Date.now() / 1000 - issuedAt)).toBeLessThan(3600)
    expect(digits.integers.logits!.some((value) => value < 0)).toBe(true)
  })

  test('names public inputs by the hash of their signals', () => {
    const { message, domain } = pair.receipt
    const inputSignals = pair.publicSignals.slice(0, -2)
    expect(message.inputs).toBe(digest(inputSignals))
    expect(message.nonce).toBe(pair.context.nonce)
    expect(domain.chainId).toBe('31337')
  })

  test('fails with any part changed, chain and verifier included', async () => {
    const { receipt } = digits
    const flip = (value: string) => value.replace(/.$/, (last) => (last === '1' ? '2' : '1'))
    const changed = (part: 'message' | 'domain', name: string, value: unknown): Receipt => ({
      ...receipt,
      [part]: { ...receipt[part], [name]: value },
    })
    const others = [
      ...Object.entries(receipt.message).map(([name, value]) =>
        changed('message', name, typeof value === 'number' ? value + 1 : flip(value)),
      ),
      ...Object.entries(receipt.domain).map(([name, value]) => changed('domain', name, flip(value))),
      { ...receipt, signature: pair.receipt.signature },
      { ...receipt, signature: receipt.signature.replace(/^0x../, '0x00') as Hex },
    ]
    expect(others).toHaveLength(16)
    for (const other of others) expect({ other, holds: await holds(other) }).toEqual({ other, holds: false })
    const moved = hashTypedData(changed('domain', 'chainId', '1') as never)
    expect(moved).not.toBe(hashTypedData(receipt as never))
  })
})

describe('results', () => {
  test('of jobs carry their receipt, the same at every read', async () => {
    const { job } = (await post(server, '/infer', { model: 'pair', inputs: pairInputs })).json()
    const read = async () => (await server.inject({ url: job.url })).json()
    let first = await read()
    while (first.state === 'queued' || first.state === 'running') {
      await sleep(20)
      first = await read()
    }
    expect(await holds(first.result.receipt)).toBe(true)
    // Longer than the receipt's unit of time.
    await sleep(1100)
    expect(await read()).toEqual(first)
  })

  test('have none where the service has no key, and answers without proof never', async () => {
    const plain = await testServer([await pairBundle()])
    const reply = (await post(plain, '/infer', { inputs: pairInputs, wait: true })).json()
    expect(reply.receipt).toBeNull()
    expect((await plain.inject({ url: '/receipts/signer' })).json().signer).toBeNull()
    await plain.close()
    const answer = (await post(server, '/infer', { model: 'pair', inputs: pairInputs, proof: false })).json()
    expect(answer).not.toHaveProperty('receipt')
  })

  test('are verified with their receipt in them', async () => {
    expect((await post(server, '/verify', digits)).json()).toMatchObject({ valid: true })
  })

  test('fail where the signer does, and the client hears nothing of why', async () => {
    const signer: ReceiptSigner = {
      address,
      signTypedData: () => Promise.reject(new Error('https://user:secret@kms.example refuses')),
    }
    const failing = await testServer([await pairBundle()], {}, signer)
    const response = await post(failing, '/infer', { inputs: pairInputs, wait: true })
    expectProblem(response, 'SIGNING_FAILED')
    expect(response.body).not.toContain('kms')
    await failing.close()
  })
})

describe('GET /receipts/signer', () => {
  test('tells the address and what is signed', async () => {
    const reply = (await server.inject({ url: '/receipts/signer' })).json()
    expect(reply).toEqual({
      signer: address,
      domain: { name: 'zkserve', version: '1' },
      types: digits.receipt.types,
      primaryType: 'Receipt',
    })
  })

  test('tells the address of the settings where others sign', async () => {
    const api = await testServer([], { signerAddress: address })
    expect((await api.inject({ url: '/receipts/signer' })).json().signer).toBe(address)
    await api.close()
  })
})

describe('zkserve verify', () => {
  const verify = async (file: object, ...flags: string[]) => {
    const path = join(folder, 'proof.json')
    writeFileSync(path, JSON.stringify(file))
    return callJson(['verify', await digitsBundle(), '--proof', path, ...flags])
  }

  test('tells the signer of a proof file with a receipt, and demands one', async () => {
    const issuedAt = new Date(digits.receipt.message.issuedAt * 1000).toISOString()
    const valid = { code: 0, document: { valid: true, receipt: { signer: address, issuedAt } } }
    expect(await verify(digits)).toMatchObject(valid)
    expect(await verify(digits, '--signer', address.toLowerCase())).toMatchObject(valid)
    expect((await verify({ ...digits, receipt: null })).document).not.toHaveProperty('receipt')
  })

  test('refuses receipts of other results, other signers, and damaged ones', async () => {
    const { receipt, context: _, ...bare } = digits
    const forged = { ...receipt, signer: requester }
    const later = { ...receipt, message: { ...receipt.message, issuedAt: receipt.message.issuedAt + 1 } }
    const moved = { ...receipt, domain: { ...receipt.domain, chainId: '1' } }
    const cases: readonly (readonly [RegExp, object, ...string[]])[] = [
      [/another result/, { ...digits, receipt: pair.receipt }],
      [/another result/, { ...digits, receipt: moved }],
      [/not signed by/, { ...digits, receipt: forged }],
      [/not signed by/, { ...digits, receipt: later }],
      [/malformed/, { ...digits, receipt: { ...receipt, signature: '0x' } }],
      [/malformed/, { ...digits, receipt: 7 }],
      [/another result/, { ...digits, receipt: { ...receipt, types: { ...receipt.types, Receipt: [] } } }],
      [/lacks the context/, { ...bare, receipt }],
      [/holds no receipt/, { ...digits, receipt: null }, '--signer', address],
      [/was signed by/, digits, '--signer', requester],
    ]
    for (const [reason, file, ...flags] of cases) {
      const { code, document } = await verify(file, ...flags)
      expect({ code, valid: document.valid, reason: document.reason }).toEqual({
        ...{ code: 1, valid: false },
        reason: expect.stringMatching(reason),
      })
    }
  })
})

test('the key stands in no log and no error of the service', async () => {
  const serve = async (environment: NodeJS.ProcessEnv, use: (url: string) => Promise<void>) => {
    const args = ['serve', '--models', await pairBundle(), '--port', '0', '--database', 'memory', '--json']
    const child = startCommand([...args, '--log-level', 'trace'], environment)
    const finished = finish(child)
    const said = await Promise.race([once(child.stdout!, 'data'), finished])
    const { url } = Array.isArray(said) ? JSON.parse(String(said[0])) : { url: undefined }
    if (url !== undefined) await use(url).finally(() => child.kill('SIGTERM'))
    return finished
  }
  const signed = await serve({ ZKSERVE_SIGNER_KEY: key }, async (url) => {
    const body = JSON.stringify({ inputs: pairInputs, wait: true })
    const headers = { 'content-type': 'application/json' }
    const reply = (await (await fetch(`${url}/infer`, { method: 'POST', headers, body })).json()) as {
      readonly receipt: Receipt
    }
    expect(await holds(reply.receipt)).toBe(true)
  })
  expect(signed.stderr).toContain('proof accepted')
  const refused = await serve({ ZKSERVE_SIGNER_KEY: `${key}46` }, async () => {})
  expect(refused.code).toBe(2)
  expect(refused.stdout).toContain('INVALID_SIGNER')
  const everything = [signed, refused].map(({ stdout, stderr }) => stdout + stderr).join('')
  expect(everything).not.toContain('46'.repeat(8))
})
