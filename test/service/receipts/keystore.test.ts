import { createCipheriv, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak256 } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import { resolveConfig } from '#service/config/resolve.js'
import { readKeystore } from '#service/receipts/keystore.js'
import { openSigner } from '#service/receipts/open-signer.js'

const key = '7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const password = 'testpassword'
const address = privateKeyToAddress(`0x${key}`)

/** The scrypt vector of the Web3 Secret Storage definition. */
const published = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      ...{ dklen: 32, n: 262144, p: 8, r: 1 },
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}

/** A keystore with scrypt at its quickest. */
function keystoreOf(privateKey: string) {
  const [salt, iv] = [Buffer.alloc(32, 1), Buffer.alloc(16, 2)]
  const derived = scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 })
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = cipher.update(privateKey, 'hex')
  return {
    version: 3,
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: 2, r: 1, p: 1, salt: salt.toString('hex') },
      mac: keccak256(Buffer.concat([derived.subarray(16), ciphertext])),
    },
  }
}

/** What an action threw; nothing in it may tell a secret. */
async function refusal(action: () => Promise<unknown>): Promise<ZkserveError> {
  const error = await action().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ZkserveError)
  const { stack, cause } = error as ZkserveError
  expect(JSON.stringify(error) + stack).not.toMatch(new RegExp(`${key.slice(0, 12)}|${password}`))
  expect(cause).toBeUndefined()
  return error as ZkserveError
}

describe('a keystore', () => {
  test('of the published vector opens', async () => {
    expect(await readKeystore(JSON.stringify(published), password)).toBe(key)
  })

  test('does not open with another password, or damaged in any member', async () => {
    const { crypto } = keystoreOf(key)
    expect(await readKeystore(JSON.stringify({ version: 3, crypto }), password)).toBe(key)
    const kdf = (change: object) => ({ kdfparams: { ...crypto.kdfparams, ...change } })
    const damaged: readonly object[] = [
      { ciphertext: crypto.ciphertext.replace(/^../, '00') },
      { mac: `0x${'0'.repeat(64)}` },
      { cipher: 'aes-128-cbc' },
      { cipherparams: { iv: '00' } },
      { kdf: 'pbkdf2' },
      kdf({ salt: '00' }),
      kdf({ salt: 'zz' }),
      kdf({ n: 3 }),
      kdf({ n: 2 ** 40 }),
      kdf({ n: 2 ** 22, r: 8 }),
      kdf({ r: 2 ** 30 }),
      kdf({ p: 0 }),
      kdf({ dklen: 16 }),
    ]
    const opening = [
      () => readKeystore(JSON.stringify({ version: 3, crypto }), `${password}1`),
      () => readKeystore(JSON.stringify({ version: 1, crypto }), password),
      () => readKeystore('{"crypto":', password),
      // Files that were mistaken for the keystore.
      () => readKeystore(key, password),
      () => readKeystore(password, password),
      ...damaged.map(
        (change) => () =>
          readKeystore(JSON.stringify({ version: 3, crypto: { ...crypto, ...change } }), password),
      ),
    ]
    for (const open of opening) expect((await refusal(open)).code).toBe('INVALID_SIGNER')
  })
})

describe('the signer of the settings', () => {
  let folder: string
  const file = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const open = (settings: object, environment: NodeJS.ProcessEnv = {}) =>
    openSigner(resolveConfig(settings, environment), environment)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zkserve-test-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is none by default', async () => {
    expect(await open({})).toBeNull()
    expect(await open({}, { ZKSERVE_SIGNER_KEY: '' })).toBeNull()
  })

  test('has its key from the environment, which then holds it no more', async () => {
    for (const text of [key, `0x${key.toUpperCase()}`]) {
      const environment = { ZKSERVE_SIGNER_KEY: text }
      expect((await open({}, environment))!.address).toBe(address)
      expect(environment).toEqual({})
    }
  })

  test('or from a keystore, with the password in a file, line break or not', async () => {
    const signerKeystore = file('key.json', JSON.stringify(keystoreOf(key)))
    for (const end of ['', '\n', '\r\n']) {
      const signerPasswordFile = file('password', password + end)
      const signerAddress = address.toLowerCase()
      expect((await open({ signerKeystore, signerPasswordFile, signerAddress }))!.address).toBe(address)
    }
  })

  test('is refused where key, files or settings are wrong, without a word of the key', async () => {
    const signerKeystore = file('key.json', JSON.stringify(keystoreOf(key)))
    const signerPasswordFile = file('password', password)
    const beyond = file('beyond.json', JSON.stringify(keystoreOf('f'.repeat(64))))
    const other = `0x${'12'.repeat(20)}`
    const cases: readonly (readonly [string, object, NodeJS.ProcessEnv?])[] = [
      ['INVALID_SIGNER', {}, { ZKSERVE_SIGNER_KEY: key.slice(1) }],
      ['INVALID_SIGNER', {}, { ZKSERVE_SIGNER_KEY: `${key}\n` }],
      ['INVALID_SIGNER', {}, { ZKSERVE_SIGNER_KEY: '0'.repeat(64) }],
      ['INVALID_SIGNER', {}, { ZKSERVE_SIGNER_KEY: 'f'.repeat(64) }],
      ['INVALID_SIGNER', { signerAddress: other }, { ZKSERVE_SIGNER_KEY: key }],
      ['INVALID_SIGNER', { signerKeystore: beyond, signerPasswordFile }],
      ['INVALID_SIGNER', { signerKeystore, signerPasswordFile: signerKeystore }],
      ['USAGE', { signerKeystore, signerPasswordFile }, { ZKSERVE_SIGNER_KEY: key }],
      ['USAGE', { signerKeystore }],
      ['USAGE', { signerPasswordFile }],
      ['USAGE', { signerAddress: '0x12' }],
      ['FILE_NOT_FOUND', { signerKeystore: join(folder, 'none'), signerPasswordFile }],
      ['FILE_NOT_FOUND', { signerKeystore, signerPasswordFile: folder }],
    ]
    for (const [code, settings, environment] of cases) {
      expect((await refusal(async () => open(settings, { ...environment }))).code).toBe(code)
    }
  })
})
