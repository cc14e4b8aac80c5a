import { RpcRequestError } from 'viem'
import { expect, test } from 'vitest'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type BlockRange, collectEvents, searchEvents } from '#service/chain/search-events.js'

const chain = { chainId: 1, client: { getBlockNumber: async () => 1000n } } as unknown as ChainReader

function refusal(): RpcRequestError {
  const error = { code: -32005, message: 'too many blocks' }
  return new RpcRequestError({ body: {}, error, url: 'http://localhost' })
}

/** An endpoint that answers so many blocks at once; it notes what it was asked. */
function endpoint(events: readonly bigint[], width: bigint) {
  const asked: BlockRange[] = []
  const read = async (range: BlockRange) => {
    asked.push(range)
    if (range.toBlock - range.fromBlock >= width) throw refusal()
    return events.filter((block) => block >= range.fromBlock && block <= range.toBlock)
  }
  return { asked, read }
}

test.each([1000n, 100n, 7n])('the newest event is found, %s blocks at once', async (width) => {
  for (const [events, from, newest] of [
    [[3n, 990n, 995n], 0n, 995n],
    [[3n], 0n, 3n],
    [[3n], 4n, null],
    [[], 0n, null],
    [[1000n], 1000n, 1000n],
    [[5n], 1001n, null],
  ] as const) {
    expect(await searchEvents(chain, endpoint(events, width).read, from)).toBe(newest)
  }
})

test('newer blocks are read first, and no more than is needed', async () => {
  const { asked, read } = endpoint([3n, 999n], 100n)
  expect(await searchEvents(chain, read)).toBe(999n)
  expect(asked.length).toBeLessThan(8)
  expect(asked.every(({ toBlock }) => toBlock === 1000n)).toBe(true)
})

test.each([1000n, 100n, 7n])('all events are found in their order, %s blocks at once', async (width) => {
  const events = [3n, 500n, 501n, 990n, 995n, 1000n]
  const { asked, read } = endpoint(events, width)
  expect(await collectEvents(chain, read)).toEqual(events)
  expect(await collectEvents(chain, read, 4n, 994n)).toEqual([500n, 501n, 990n])
  expect(await collectEvents(chain, read, 1001n)).toEqual([])
  expect(asked.every(({ toBlock }) => toBlock <= 1000n)).toBe(true)
})

test('an endpoint that refuses every block is told, soon', async () => {
  const { asked, read } = endpoint([3n], 0n)
  await expect(searchEvents(chain, read)).rejects.toMatchObject({
    code: 'CHAIN_REJECTED',
    message: 'the chain refused: too many blocks',
  })
  expect(asked.length).toBeLessThan(15)
})

test.each([null, undefined, {}, 'none'])(
  'what is no list of events is not taken for one, nor for a refusal: %j',
  async (told) => {
    const read = async () => told as unknown as readonly bigint[]
    for (const look of [searchEvents, collectEvents])
      await expect(look(chain, read)).rejects.toMatchObject({ code: 'CHAIN_INCONSISTENT' })
  },
)
