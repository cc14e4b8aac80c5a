/** What is said of a transaction whose fate is not known, and of one whose nonce another took. */
import { type TransactionReceipt, WaitForTransactionReceiptTimeoutError } from 'viem'
import { expect, test } from 'vitest'
import { sendTransaction, type TransactionSender } from '#service/chain/send-transaction.js'
import { jsonRpcRefusal } from './rpc-refusal.js'

const hash = `0x${'5e'.repeat(32)}` as const
const request = { to: `0x${'01'.repeat(20)}`, data: '0x' } as const

type Wait = TransactionSender['client']['waitForTransactionReceipt']

function sender(wait: Wait, send: () => Promise<`0x${string}`> = async () => hash): TransactionSender {
  const client = { pollingInterval: 1, estimateGas: async () => 21_000n, waitForTransactionReceipt: wait }
  return { client, wallet: { sendTransaction: send }, account: {} } as unknown as TransactionSender
}

const mined = { status: 'success', blockNumber: 1n, gasUsed: 1n, logs: [] } as unknown as TransactionReceipt

test('what is not mined in time may still be: it is not called refused', async () => {
  let waits = 0
  const never = sender(async () => {
    waits++
    throw new WaitForTransactionReceiptTimeoutError({ hash })
  })
  await expect(sendTransaction(never, request)).rejects.toMatchObject({
    code: 'CHAIN_UNREACHABLE',
    message: expect.stringContaining(hash),
    details: { transaction: hash },
  })
  expect(waits).toBe(5)
})

test('nor is that of which the node does not tell what became', async () => {
  const limited = sender(async () => {
    throw jsonRpcRefusal('rate limit exceeded')
  })
  await expect(sendTransaction(limited, request)).rejects.toMatchObject({
    ...{ code: 'CHAIN_UNREACHABLE', details: { transaction: hash } },
  })
})

test.each(['already known', 'nonce too low'])('nor is what the node had before: %s', async (says) => {
  const twice = sender(
    async () => mined,
    async () => {
      throw jsonRpcRefusal(says)
    },
  )
  await expect(sendTransaction(twice, request)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' })
})

test('a node that does not take it refuses it', async () => {
  const refused = sender(
    async () => mined,
    async () => {
      throw jsonRpcRefusal('insufficient funds for gas')
    },
  )
  await expect(sendTransaction(refused, request)).rejects.toMatchObject({ code: 'CHAIN_REJECTED' })
})

test('another transaction with its nonce is not taken for it; the same with higher fees is', async () => {
  const replaced = (reason: 'repriced' | 'replaced' | 'cancelled') =>
    sender(async ({ onReplaced }) => {
      onReplaced?.({ reason } as Parameters<NonNullable<typeof onReplaced>>[0])
      return mined
    })
  expect(await sendTransaction(replaced('repriced'), request)).toMatchObject({ blockNumber: 1n })
  for (const reason of ['replaced', 'cancelled'] as const)
    await expect(sendTransaction(replaced(reason), request)).rejects.toMatchObject({
      ...{ code: 'CHAIN_REJECTED', details: { reason, transaction: hash } },
    })
})
