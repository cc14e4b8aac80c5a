import {
  isAddressEqual,
  keccak256,
  parseEventLogs,
  parseTransaction,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import { broadcast } from '#service/oracle/broadcast.js'
import { costOf } from '#service/oracle/data-fees.js'
import { currentStatus } from '#service/oracle/find-proof.js'
import { type GasMarket, raisedFees } from '#service/oracle/gas-fees.js'
import type { BlockHead, OracleChain } from '#service/oracle/oracle-chain.js'
import { shareOf } from '#service/oracle/price-answer.js'
import { mostTries } from '#service/oracle/prove-requests.js'
import {
  endByEvent,
  endRequest,
  type LedgerEntry,
  moveRequest,
  requestsOf,
} from '#service/oracle/request-ledger.js'
import {
  addTransaction,
  endNonce,
  type PendingTransaction,
  pendingTransactions,
  spentToday,
} from '#service/oracle/transaction-ledger.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import type { WatchLease } from '#service/oracle/watch-lease.js'
import type { WatchStep } from '#service/oracle/watch-step.js'

export interface SettlingOptions {
  readonly chain: OracleChain
  readonly lease: WatchLease
  readonly signer: TransactionSigner
  /** Blocks that must stand on a transaction's before it counts. */
  readonly confirmations: number
  /** ms after which a transaction that is not mined is sent with higher fees. */
  readonly bumpAfter: number
  /** Wei that may go to gas in a day: raised fees count too. */
  readonly dailySpend: bigint
  readonly step: WatchStep
  /** Told of each transaction that ended. */
  readonly onSettled: (settled: Settled) => void
}

/** A transaction that ended. */
export interface Settled {
  readonly nonce: number
  /** Requests that it answered. */
  readonly answered: readonly bigint[]
  /** In wei, after royalty. */
  readonly earned: bigint
  /** In wei; 0 where another transaction took its nonce. */
  readonly cost: bigint
}

/** Fees are not raised above so many times what the market asks for. */
const dearest = 4n

/** Follows our transactions until they are final; sends again what was lost, and with higher fees what is stuck. */
export class TransactionSettler {
  readonly #options: SettlingOptions

  constructor(options: SettlingOptions) {
    this.#options = options
  }

  /** @returns whether one is not mined yet: the next must wait @throws LeaseLost, ZkserveError */
  async settle(head: BlockHead, market: GasMarket): Promise<boolean> {
    const { lease, confirmations } = this.#options
    const pending = await lease.read((tables) => pendingTransactions(tables, lease.id))
    let isWaiting = false
    for (const nonce of new Set(pending.map((transaction) => transaction.nonce))) {
      const group = pending.filter((transaction) => transaction.nonce === nonce)
      const mined = await this.#minedOf(group)
      if (mined !== null) {
        const isFinal = mined.receipt.blockNumber + BigInt(confirmations) <= head.number
        if (isFinal) await this.#close(group, mined)
      } else if (await this.#isNonceSpent(nonce, head)) {
        await this.#close(group, null)
      } else {
        isWaiting = true
        await this.#push(group, head, market)
      }
    }
    return isWaiting
  }

  async #minedOf(group: readonly PendingTransaction[]): Promise<Mined | null> {
    const { client } = this.#options.chain
    for (const transaction of group) {
      const { hash } = transaction
      const receipt = await asked(() =>
        client.getTransactionReceipt({ hash }).catch((error: unknown) => {
          if (error instanceof TransactionReceiptNotFoundError) return null
          throw error
        }),
      )
      if (receipt !== null) return { transaction, receipt }
    }
    return null
  }

  /** Whether a transaction that is not ours, or is not shown, took the nonce for good. */
  async #isNonceSpent(nonce: number, { number }: BlockHead): Promise<boolean> {
    const { chain, signer, confirmations } = this.#options
    const depth = number - BigInt(confirmations)
    if (depth < 0n) return false
    const { address } = signer
    return nonce < (await asked(() => chain.client.getTransactionCount({ address, blockNumber: depth })))
  }

  /** Notes what became of a nonce's transactions and of all requests that they were to answer. */
  async #close(group: readonly PendingTransaction[], mined: Mined | null): Promise<void> {
    const { chain, lease, signer, step, onSettled } = this.#options
    const { nonce } = group[0]!
    const logs = mined?.receipt.logs.filter(({ address }) => isAddressEqual(address, chain.oracle)) ?? []
    const answers = parseEventLogs({ abi: inferenceOracleAbi, eventName: 'InferenceFulfilled', logs }).filter(
      ({ args }) => isAddressEqual(args.payee, signer.address),
    )
    const block = mined?.receipt.blockNumber ?? 0n
    const cost = mined === null ? 0n : costOf(mined.receipt)
    await step('settle')
    await lease.write(async (tables) => {
      for (const { args } of answers) {
        const earned = args.fee - args.royalty
        await endByEvent(tables, lease.id, args.requestId, { state: 'fulfilled', block, earned })
      }
      const ended = mined && { id: mined.transaction.id, block, cost }
      await endNonce(tables, lease.id, nonce, ended)
      for (const entry of await requestsOf(tables, idsOf(group))) {
        if (entry.state !== 'sent') continue
        const tries = entry.tries + 1
        // Most were answered by others, which is found out before they are sent again.
        if (tries < mostTries) await moveRequest(tables, entry, { state: 'proven', tries })
        else await endRequest(tables, entry.id, { state: 'skipped', reason: 'ANSWER_REFUSED', block })
      }
    })
    const answered = answers.map(({ args }) => args.requestId)
    const earned = answers.reduce((sum, { args }) => sum + args.fee - args.royalty, 0n)
    onSettled({ nonce, answered, earned, cost })
  }

  /** Sends what is not mined again, with higher fees where it waits for long. */
  async #push(group: readonly PendingTransaction[], head: BlockHead, market: GasMarket): Promise<void> {
    const { chain, lease, bumpAfter, step } = this.#options
    const [latest] = group as readonly [PendingTransaction]
    const raised = latest.age < bumpAfter ? null : await this.#raise(group, head, market)
    if (raised === null) return broadcast(chain, latest.raw)
    await lease.write((tables) => addTransaction(tables, lease.id, raised))
    await step('send')
    await broadcast(chain, raised.raw)
  }

  /** The same with higher fees, as far as they are earned; an empty one where nothing is left to answer. */
  async #raise(group: readonly PendingTransaction[], head: BlockHead, market: GasMarket) {
    const { chain, lease, signer } = this.#options
    const [latest] = group as readonly [PendingTransaction]
    const { nonce, dataFee } = latest
    const fees = raisedFees(latest, market)
    if (fees.maxFee > dearest * market.maxFee) return null
    const entries = await lease.read((tables) => requestsOf(tables, idsOf(group)))
    const open = await this.#stillOpen(entries, head)
    if (open === null) return null
    const call = parseTransaction(latest.raw)
    const isAnswer = open.length > 0 && latest.requests.length > 0
    const { address } = signer
    const { to, data, gas } = isAnswer
      ? { to: call.to!, data: call.data!, gas: latest.gas }
      : {
          to: address,
          data: '0x' as const,
          gas: await asked(() => chain.client.estimateGas({ account: address, to: address })),
        }
    const earned = open.reduce((sum, { question }) => sum + shareOf(question), 0n)
    const cost = fees.maxFee * gas + dataFee
    if (isAnswer && cost > earned) return null
    const counted = latest.maxFee * latest.gas + latest.dataFee
    const spent = await lease.read((tables) => spentToday(tables, lease.id))
    if (cost > counted && spent + cost - counted > this.#options.dailySpend) return null
    const raw = await signer.signTransaction({
      ...{ type: 'eip1559', chainId: chain.chainId, nonce, to, data, gas },
      ...{ maxFeePerGas: fees.maxFee, maxPriorityFeePerGas: fees.priorityFee },
    })
    const requests = isAnswer ? latest.requests : []
    return { nonce, hash: keccak256(raw), raw, requests, gas, dataFee, ...fees }
  }

  /** Those that an answer would still reach; null where the chain does not say. */
  async #stillOpen(entries: readonly LedgerEntry[], head: BlockHead): Promise<LedgerEntry[] | null> {
    const { chain } = this.#options
    const open: LedgerEntry[] = []
    for (const entry of entries) {
      if (entry.state !== 'sent' || entry.question.deadline < head.timestamp) continue
      try {
        if ((await currentStatus(chain, entry.question)) === 'open') open.push(entry)
      } catch (error) {
        if (error instanceof ZkserveError && error.code === 'CHAIN_INCONSISTENT') return null
        throw error
      }
    }
    return open
  }
}

interface Mined {
  readonly transaction: PendingTransaction
  readonly receipt: TransactionReceipt
}

function idsOf(group: readonly PendingTransaction[]): number[] {
  return [...new Set(group.flatMap(({ requests }) => requests))]
}
