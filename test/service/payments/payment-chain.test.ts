/** What became of an authorisation, behind an endpoint that tells of few blocks at once. */
import { encodeAbiParameters, encodeEventTopics, type Hex, numberToHex, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { PaymentChain } from '#service/payments/payment-chain.js'
import { jsonRpcRefusal } from '../chain/rpc-refusal.js'

const abi = parseAbi([
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
])
const [asset, from, payTo] = ['0a', '0b', '0c'].map((byte) => `0x${byte.repeat(20)}`) as [Hex, Hex, Hex]
const nonce = `0x${'0d'.repeat(32)}` as const
const transactionHash = `0x${'0e'.repeat(32)}` as const

const payment = {
  payload: {
    payload: { authorization: { from, to: payTo, value: '100', validBefore: '9999999999', nonce } },
  },
  requirements: { network: 'eip155:1', asset, payTo },
} as unknown as Parameters<PaymentChain['standingOf']>[0]

/** An endpoint at block 100,000 that tells of so many blocks at once, and of a payment in one of them. */
function endpoint(width: number, paidIn: number): PaymentChain {
  const transfer = {
    ...{ address: asset, logIndex: 4, data: encodeAbiParameters([{ type: 'uint256' }], [100n]) },
    topics: encodeEventTopics({ abi, eventName: 'Transfer', args: { from, to: payTo } }),
  }
  const [used] = encodeEventTopics({ abi, eventName: 'AuthorizationUsed' })
  const client = {
    getBlock: async () => ({ number: 100_000n, timestamp: 1_000n }),
    getBlockNumber: async () => 100_000n,
    readContract: async () => true,
    getTransactionReceipt: async () => ({ logs: [transfer] }),
    request: async ({ params }: { readonly params: readonly [{ fromBlock: Hex; toBlock: Hex }] }) => {
      const [first, last] = [params[0].fromBlock, params[0].toBlock].map(Number) as [number, number]
      if (last - first >= width) throw jsonRpcRefusal('block range is too wide')
      const isThere = first <= paidIn && paidIn <= last
      const blockNumber = numberToHex(paidIn)
      return isThere ? [{ topics: [used], logIndex: '0x3', blockNumber, transactionHash }] : []
    },
  }
  const chain = { chainId: 1, client } as unknown as ChainReader
  return new PaymentChain(async () => chain)
}

test.each([
  [1_000_000, 99_999],
  [10_000, 20_000],
  [1_000, 1],
])('a payment is found, %s blocks at once', async (width, paidIn) => {
  const fate = await endpoint(width, paidIn).fateOf({ ...payment, since: 0n })
  expect(fate).toEqual({ kind: 'paid', transaction: transactionHash })
})

test('what no block tells of is not known', async () => {
  expect(await endpoint(10_000, 5).fateOf({ ...payment, since: 6n })).toEqual({ kind: 'unknown' })
})
