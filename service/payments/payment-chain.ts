import {
  encodeEventTopics,
  type Hex,
  type Log,
  numberToHex,
  parseAbi,
  type RpcLog,
  toEventSelector,
} from 'viem'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type BlockRange, searchEvents } from '#service/chain/search-events.js'
import { chainIdOf, lowerAddress } from '#service/payments/authorization-data.js'
import { unavailable } from '#service/payments/facilitator-client.js'
import { sameHex } from '#service/payments/fault-of-payment.js'
import type { SignedPayment } from '#service/payments/payment.js'

const abi = parseAbi([
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
  'function balanceOf(address account) view returns (uint256)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
])

const cancelled = toEventSelector('AuthorizationCanceled(address,bytes32)')

/** An authorisation at the newest block. */
interface Standing {
  /** Whether it was used or cancelled. */
  readonly spent: boolean
  readonly block: bigint
  /** Of the block, in seconds since 1970. */
  readonly time: bigint
}

/** What became of an authorisation on its chain. */
export type Fate =
  /** It can still be used. */
  | { readonly kind: 'open' }
  /** It moved what was asked for, to whom it was asked for. */
  | { readonly kind: 'paid'; readonly transaction: Hex }
  /** It was spent, but did not: cancelled, or used for something else under the same nonce. */
  | { readonly kind: 'void' }
  /** Its time is over and it was not used. */
  | { readonly kind: 'expired' }
  /** It was spent; the node does not tell by what, yet, or too few blocks stand on that. */
  | { readonly kind: 'unknown' }

/**
 * Reads what became of authorisations from the chain itself. That one is spent says nothing of whom it paid: the payer
 * may have cancelled it, or signed another with the same nonce. So its `AuthorizationUsed` is looked for, which the
 * token's own `Transfer` follows at once.
 */
export class PaymentChain {
  readonly #connect: () => Promise<ChainReader>
  readonly #confirmations: bigint
  #chain: Promise<ChainReader> | null = null

  /**
   * @param connect is tried again where it failed
   * @param confirmations blocks that decide: that of the transfer, and those on it
   */
  constructor(connect: () => Promise<ChainReader>, confirmations = 1) {
    this.#connect = connect
    this.#confirmations = BigInt(confirmations)
  }

  /** @throws ZkserveError `PAYMENTS_UNAVAILABLE` */
  standingOf(payment: SignedPayment): Promise<Standing> {
    return this.#ask(payment, async ({ client }) => {
      const { authorization } = payment.payload.payload
      const { number, timestamp } = await client.getBlock()
      const spent = await client.readContract({
        address: lowerAddress(payment.requirements.asset),
        abi,
        functionName: 'authorizationState',
        args: [lowerAddress(authorization.from), authorization.nonce as Hex],
        blockNumber: number,
      })
      return { spent, block: number, time: timestamp }
    })
  }

  /** What the payer has of the token, in its smallest units. @throws ZkserveError `PAYMENTS_UNAVAILABLE` */
  balanceOf(payment: SignedPayment): Promise<bigint> {
    return this.#ask(payment, ({ client }) =>
      client.readContract({
        address: lowerAddress(payment.requirements.asset),
        abi,
        functionName: 'balanceOf',
        args: [lowerAddress(payment.payload.payload.authorization.from)],
      }),
    )
  }

  /**
   * What became of it as far as that is final: what fewer blocks stand on than are asked for may not have happened.
   * @param since number of a block at which the authorisation was not spent
   * @throws ZkserveError `PAYMENTS_UNAVAILABLE`
   */
  async fateOf(payment: SignedPayment & { readonly since: bigint }): Promise<Fate> {
    const { spent, block, time } = await this.standingOf(payment)
    const last = block + 1n - this.#confirmations
    return this.#ask(payment, async (chain) => {
      if (spent) return fateOfSpent(chain, payment, last)
      const { validBefore } = payment.payload.payload.authorization
      if (time < BigInt(validBefore)) return { kind: 'open' }
      const final = last === block ? time : await timeOf(chain, last)
      // Its block could still be replaced by one in which it is used.
      return { kind: final >= BigInt(validBefore) ? 'expired' : 'unknown' }
    })
  }

  async #ask<Answer>(
    { requirements }: SignedPayment,
    ask: (chain: ChainReader) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      this.#chain ??= this.#connect()
      const chain = await this.#chain
      if (chain.chainId === chainIdOf(requirements.network)) return await ask(chain)
      throw new Error(`the RPC address is of chain ${chain.chainId}`)
    } catch (cause) {
      this.#chain = null
      throw unavailable('the chain of payments does not answer', cause)
    }
  }
}

/** @returns seconds since 1970; 0 before the first block */
async function timeOf({ client }: ChainReader, blockNumber: bigint): Promise<bigint> {
  return blockNumber < 0n ? 0n : (await client.getBlock({ blockNumber })).timestamp
}

/** @param last block that counts */
async function fateOfSpent(
  chain: ChainReader,
  payment: SignedPayment & { readonly since: bigint },
  last: bigint,
): Promise<Fate> {
  const { from, nonce } = payment.payload.payload.authorization
  const args = { authorizer: lowerAddress(from), nonce: nonce as Hex }
  const [used, ...indexed] = encodeEventTopics({ abi, eventName: 'AuthorizationUsed', args }) as Hex[]
  const { client } = chain
  const filter = {
    address: lowerAddress(payment.requirements.asset),
    topics: [[used!, cancelled], ...indexed],
  }
  const readLogs = (range: BlockRange): Promise<RpcLog[]> => {
    const blocks = { fromBlock: numberToHex(range.fromBlock), toBlock: numberToHex(range.toBlock) }
    return client.request({ method: 'eth_getLogs', params: [{ ...filter, ...blocks }] })
  }
  // Where this was down for long, these are many blocks: more than some endpoints tell of at once.
  const log = await searchEvents(chain, readLogs, payment.since)
  if (log === null || log.transactionHash === null || log.blockNumber === null) return { kind: 'unknown' }
  if (BigInt(log.blockNumber) > last) return { kind: 'unknown' }
  if (log.topics[0] === cancelled) return { kind: 'void' }
  const { logs } = await client.getTransactionReceipt({ hash: log.transactionHash })
  const next = logs.find(({ logIndex }) => logIndex === Number(log.logIndex) + 1)
  return next !== undefined && isTransferOf(next, payment)
    ? { kind: 'paid', transaction: log.transactionHash }
    : { kind: 'void' }
}

/** Whether a log is the token's transfer of just this payment. */
function isTransferOf(log: Log, { payload, requirements }: SignedPayment): boolean {
  const { from, value } = payload.payload.authorization
  const args = { from: lowerAddress(from), to: lowerAddress(requirements.payTo) }
  const topics = encodeEventTopics({ abi, eventName: 'Transfer', args }) as Hex[]
  return (
    sameHex(log.address, requirements.asset) &&
    topics.every((topic, i) => topic === log.topics[i]) &&
    BigInt(log.data) === BigInt(value)
  )
}
