import { type TransactionReceipt, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { resolveConfig } from '#service/config/resolve.js'
import { shownValue } from '#service/config/shown-value.js'
import { chooseBatch } from '#service/oracle/choose-batch.js'
import { costOf } from '#service/oracle/data-fees.js'
import { feesWithin, raisedFees } from '#service/oracle/gas-fees.js'
import { isTooLate, judgeRequest } from '#service/oracle/judge-request.js'
import { openOracleSigner } from '#service/oracle/open-oracle.js'
import { digestOf, type OracleRequest, readQuestion, storeQuestion } from '#service/oracle/oracle-request.js'
import { expectedGas, isWorthIt, shareOf } from '#service/oracle/price-answer.js'
import { decodeOpening, encodeOpening } from '#service/oracle/read-input.js'
import type { LedgerEntry } from '#service/oracle/request-ledger.js'
import { signerForOracle, type UnsignedTransaction } from '#service/oracle/transaction-signer.js'
import { expectError } from '../../support/expect-error.js'

const key = toHex(7n, { size: 32 })
const account = privateKeyToAccount(key)
const oracle = `0x${'ab'.repeat(20)}` as const

const request = {
  ...{ requestId: 3n, modelId: 1n, version: 1, asker: oracle, deadline: 2000, callbackGas: 100_000 },
  ...{ maxFee: 10n ** 16n, royaltyBps: 1000, input: [5n, 2n ** 250n], data: '0x' as const },
}
const policy = { perMillionConstraints: 10n ** 12n, gasMargin: 20, callbackGas: 200_000, leadTime: 60 }
const proof = { constraints: 2_000_000, signals: 5 }
const facts = { gasPrice: 10n ** 9n, dataFee: 0n, status: 'active', proof } as const

describe('what goes out together', () => {
  const entry = (id: number, change: Partial<OracleRequest>, signals = 3): LedgerEntry =>
    ({
      ...{ id, question: { ...request, callbackGas: 0, ...change } },
      answer: { fee: '0', proof: [], statement: Array<string>(signals - 1).fill('0') },
    }) as unknown as LedgerEntry
  const ids = (entries: readonly LedgerEntry[], most: number) =>
    chooseBatch(entries, most).map(({ id }) => id)

  test('is of one version, the earliest deadline first', () => {
    const entries = [entry(1, { deadline: 9 }), entry(2, { version: 2 }), entry(3, { deadline: 5 })]
    expect(ids(entries, 8)).toEqual([3, 1])
    expect(ids(entries, 1)).toEqual([3])
    expect(ids([], 8)).toEqual([])
  })

  test('fits into a transaction: callbacks and public signals of others do not have it refused', () => {
    const dear = Array.from({ length: 32 }, (_, id) => entry(id, { callbackGas: 1_000_000 }, 26))
    const gas = expectedGas(dear[0]!.question, 26)
    expect(ids(dear, 32)).toHaveLength(Number(15_000_000n / gas))
    expect(ids([entry(1, {}, 3000), entry(2, {})], 32)).toEqual([1])
  })
})

describe('what is answered', () => {
  test('covers gas with margin, the whole callback, royalty and proof, to the wei', () => {
    expect(shareOf(request)).toBe(9n * 10n ** 15n)
    const gas = expectedGas(request, 5)
    expect(gas).toBe(300_000n + 16_000n + (100_000n * 64n) / 63n + 20_000n)
    const most = (9n * 10n ** 15n - 2n * 10n ** 12n) * 100n
    const gasPrice = most / (gas * 120n)
    const dataFee = 0n
    expect(isWorthIt(request, proof, { gasPrice, dataFee }, policy)).toBe(true)
    expect(isWorthIt(request, proof, { gasPrice: gasPrice + 1n, dataFee }, policy)).toBe(false)
    // What is left beside the proof's price pays for data, and the margin counts for it too.
    const free = { gasPrice: 0n, dataFee: most / 100n }
    expect(isWorthIt(request, proof, free, { ...policy, gasMargin: 0 })).toBe(true)
    const dearer = { gasPrice: 0n, dataFee: most / 100n + 1n }
    expect(isWorthIt(request, proof, dearer, { ...policy, gasMargin: 0 })).toBe(false)
    expect(isWorthIt(request, proof, free, policy)).toBe(false)
    expect(judgeRequest(request, facts, policy)).toBeNull()
    expect(judgeRequest(request, { ...facts, gasPrice: gasPrice + 1n }, policy)).toBe('UNDERPAID')
  })

  test.each([
    ['CALLBACK_TOO_LARGE', { ...facts }, { callbackGas: 200_001 }],
    ['VERSION_REVOKED', { ...facts, status: 'revoked' }, {}],
    ['UNKNOWN_MODEL', { ...facts, proof: null }, {}],
    [null, { ...facts, status: 'deprecated' }, {}],
    ['UNDERPAID', facts, { maxFee: 0n }],
    ['UNDERPAID', facts, { maxFee: 3n * 10n ** 14n, royaltyBps: 0 }],
  ] as const)('%s', (reason, circumstances, change) => {
    expect(judgeRequest({ ...request, ...change }, circumstances, policy)).toBe(reason)
  })

  test('must be in time', () => {
    expect(isTooLate(request, 1940, policy)).toBe(false)
    expect(isTooLate(request, 1941, policy)).toBe(true)
  })
})

describe('fees', () => {
  const market = { price: 12n, maxFee: 22n, priorityFee: 2n }
  test('stay within what is earned, and pay for the next block or nothing is sent', () => {
    expect(feesWithin(market, 100n)).toEqual({ maxFee: 22n, priorityFee: 2n })
    expect(feesWithin(market, 15n)).toEqual({ maxFee: 15n, priorityFee: 2n })
    expect(feesWithin(market, 11n)).toBeNull()
  })

  test('for data stand in receipts of the OP stack', () => {
    const receipt = { gasUsed: 5n, effectiveGasPrice: 7n } as TransactionReceipt
    expect(costOf(receipt)).toBe(35n)
    expect(costOf({ ...receipt, l1Fee: '0x10' } as TransactionReceipt)).toBe(51n)
    expect(costOf({ ...receipt, l1Fee: null } as unknown as TransactionReceipt)).toBe(35n)
  })

  test('that replace others are an eighth higher, or the market’s', () => {
    expect(raisedFees({ maxFee: 80n, priorityFee: 0n }, market)).toEqual({ maxFee: 91n, priorityFee: 2n })
    expect(raisedFees({ maxFee: 8n, priorityFee: 16n }, market)).toEqual({ maxFee: 22n, priorityFee: 19n })
  })
})

test('the key signs answers to its oracle on its chain, and empty transactions to itself, alone', async () => {
  const signer = signerForOracle(account, { chainId: 1, oracle })
  const base: UnsignedTransaction = {
    ...{ type: 'eip1559', chainId: 1, nonce: 0, to: oracle, data: '0xbb4b3ce6', gas: 21_000n },
    ...{ maxFeePerGas: 2n, maxPriorityFeePerGas: 1n },
  }
  const { fulfil, withdraw } = await selectors()
  expect(await signer.signTransaction({ ...base, data: fulfil })).toMatch(/^0x02/)
  expect(await signer.signTransaction({ ...base, to: account.address, data: '0x' })).toMatch(/^0x02/)
  for (const change of [
    { data: withdraw },
    { data: '0x' as const },
    { data: fulfil, chainId: 5 },
    { data: fulfil, to: account.address },
    { to: `0x${'cd'.repeat(20)}` as const, data: fulfil },
  ]) {
    await expect(signer.signTransaction({ ...base, ...change })).rejects.toMatchObject({
      code: 'SIGNING_FAILED',
    })
  }
})

async function selectors() {
  const { getAbiItem, toFunctionSelector } = await import('viem')
  const { inferenceOracleAbi: abi } = await import('#contracts/generated/InferenceOracle.js')
  return {
    fulfil: toFunctionSelector(getAbiItem({ abi, name: 'fulfil' })),
    withdraw: toFunctionSelector(getAbiItem({ abi, name: 'withdraw' })),
  }
}

describe('a question', () => {
  test('is stored as JSON, without data longer than any opening', () => {
    const stored = JSON.parse(JSON.stringify(storeQuestion(request)))
    expect(readQuestion(stored)).toEqual(request)
    const long = { ...request, data: `0x${'00'.repeat(70_000)}` as const }
    expect(storeQuestion(long).data).toBe('0x')
  })

  test('is another where anything of its event is', () => {
    const log = { topics: ['0x01', '0x02'], data: '0x03' } as const
    expect(digestOf(log)).toBe(digestOf({ ...log }))
    expect(digestOf({ ...log, data: '0x04' })).not.toBe(digestOf(log))
  })

  test('may carry an opening; anything else is none', () => {
    const opening = { salt: 5n, words: [1n, 2n ** 253n] }
    expect(decodeOpening(encodeOpening(opening))).toEqual(opening)
    expect(decodeOpening('0x')).toBeNull()
    expect(decodeOpening(`0x${'ff'.repeat(96)}`)).toBeNull()
    expect(decodeOpening(toHex('salt'))).toBeNull()
  })
})

describe('settings of role oracle', () => {
  const given = { role: 'oracle', oracle, oracleRpc: 'https://node.example/v2/k3y' }

  test('are complete, and need no Postgres', () => {
    expect(resolveConfig(given, {}).database).toBe('embedded')
    expectError('USAGE', () => resolveConfig({ role: 'oracle' }, {}), /needs an oracle/)
    expectError('USAGE', () => resolveConfig({ ...given, oraclePrice: '-1' }, {}), /oracle-price/)
  })

  test('hide the key that a node’s address holds', () => {
    expect(shownValue('oracleRpc', given.oracleRpc)).toBe('https://node.example/***')
    expect(shownValue('oracleRpc', 'https://user:k3y@node.example')).toBe('https://node.example/***')
    expect(shownValue('oracleRpc', 'http://127.0.0.1:8545')).toBe('http://127.0.0.1:8545')
    expect(shownValue('oracleRpc', '')).toBe('')
    expect(shownValue('oracleRpc', 'no address')).toBe('***')
  })

  test('take the key out of the environment, and need one', async () => {
    const config = { role: 'oracle', oracleKeystore: '', oraclePasswordFile: '' } as const
    const environment = { ZKSERVE_ORACLE_KEY: key }
    expect((await openOracleSigner(config, environment))?.address).toBe(account.address)
    expect(environment).toEqual({})
    await expect(openOracleSigner(config, {})).rejects.toMatchObject({ code: 'USAGE' })
    const wrong = openOracleSigner(config, { ZKSERVE_ORACLE_KEY: 'hunter2' })
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_SIGNER',
      message: expect.not.stringContaining('hunter'),
    })
    expect(await openOracleSigner({ ...config, role: 'all' }, {})).toBeNull()
  })
})
