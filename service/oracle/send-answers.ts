import { encodeFunctionData, type Hex, keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import { asked } from '#service/chain/asked.js'
import type { Fulfilment } from '#service/chain/encode-fulfilment.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { broadcast } from '#service/oracle/broadcast.js'
import { chooseBatch } from '#service/oracle/choose-batch.js'
import type { DataFees } from '#service/oracle/data-fees.js'
import { currentStatus } from '#service/oracle/find-proof.js'
import { feesWithin, type GasFees, type GasMarket } from '#service/oracle/gas-fees.js'
import type { BlockHead, OracleChain } from '#service/oracle/oracle-chain.js'
import { type EndReason, readAnswer } from '#service/oracle/oracle-request.js'
import { shareOf } from '#service/oracle/price-answer.js'
import { mostTries } from '#service/oracle/prove-requests.js'
import { dueRequests, endRequest, type LedgerEntry, moveRequest } from '#service/oracle/request-ledger.js'
import { addTransaction, pendingTransactions, spentToday } from '#service/oracle/transaction-ledger.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import type { WatchLease } from '#service/oracle/watch-lease.js'
import type { WatchStep } from '#service/oracle/watch-step.js'

export interface SendingOptions {
  readonly chain: OracleChain
  readonly lease: WatchLease
  readonly signer: TransactionSigner
  /** Answers in one transaction at most. */
  readonly batch: number
  readonly dataFees: Pick<DataFees, 'of'>
  /** Wei that may go to gas in a day. */
  readonly dailySpend: bigint
  readonly step: WatchStep
  /** Told why answers wait, and of those that the oracle refuses. */
  readonly onError: (error: ZkserveError, requestId: bigint) => void
}

/** In the order of the contract's enum `Outcome`. */
const outcomes = [
  ...(['fulfilled', 'notOpen', 'deadlinePassed', 'wrongModel', 'wrongInput', 'feeTooHigh'] as const),
  ...(['proofInvalid', 'versionRevoked'] as const),
] as const
/** ms until answers are looked at again that wait for cheaper gas, or for the chain to settle. */
const pause = 15_000

/** Sends proven answers, those of one version together, one transaction at a time. */
export class AnswerSender {
  readonly #options: SendingOptions

  constructor(options: SendingOptions) {
    this.#options = options
  }

  /** Sends what is due. @returns how many answers went out @throws LeaseLost, ZkserveError */
  async send(head: BlockHead, market: GasMarket): Promise<number> {
    const batch = await this.#nextBatch(head)
    if (batch.length === 0) return 0
    const taken = await this.#refuseBad(batch, head)
    if (taken.length === 0) return 0
    const data = this.#encode(taken)
    const gas = await this.#estimate(taken, data)
    if (gas === null) return 0
    const earned = taken.reduce((sum, { question }) => sum + shareOf(question), 0n)
    const { chain, lease, dailySpend, dataFees } = this.#options
    const dataFee = await dataFees.of({ to: chain.oracle, data, gas, maxFeePerGas: market.maxFee })
    const fees = earned < dataFee ? null : feesWithin(market, (earned - dataFee) / gas)
    if (fees === null) return this.#wait(taken, 'gas costs more than the fee pays')
    const cost = gas * fees.maxFee + dataFee
    const spent = await lease.read((tables) => spentToday(tables, lease.id))
    if (spent + cost > dailySpend) return this.#wait(taken, 'the daily limit on gas is reached')
    await this.#checkBalance(cost)
    await this.#signAndSend(taken, { data, gas, dataFee, ...fees })
    return taken.length
  }

  /** What goes out next; what is late ends. */
  async #nextBatch({ timestamp, number: block }: BlockHead): Promise<LedgerEntry[]> {
    const { lease, batch } = this.#options
    const due = await lease.read((tables) => dueRequests(tables, lease.id, 'proven', 256))
    const late = due.filter(({ question }) => question.deadline < timestamp)
    for (const { id } of late) await this.#end(id, 'TOO_LATE', block)
    return chooseBatch(
      due.filter((entry) => !late.includes(entry)),
      batch,
    )
  }

  /** Asks the oracle what it would say, and ends or puts off what it would refuse. */
  async #refuseBad(batch: readonly LedgerEntry[], head: BlockHead): Promise<LedgerEntry[]> {
    const { chain, signer } = this.#options
    const { modelId, version } = batch[0]!.question
    const { result } = await asked(() =>
      chain.client.simulateContract({
        address: chain.oracle,
        abi: inferenceOracleAbi,
        functionName: 'fulfilEach',
        args: [modelId, version, batch.map((entry) => this.#fulfilmentOf(entry))],
        account: signer.address,
      }),
    )
    const taken: LedgerEntry[] = []
    for (const [i, entry] of batch.entries()) {
      const outcome = outcomes[result[i]!]
      if (outcome === 'fulfilled') taken.push(entry)
      else if (outcome === 'notOpen') await this.#notOpen(entry, head)
      else if (outcome === 'deadlinePassed') await this.#end(entry.id, 'TOO_LATE', head.number)
      else if (outcome === 'versionRevoked') await this.#end(entry.id, 'VERSION_REVOKED', head.number)
      else await this.#refused(entry, head.number, new ZkserveError('CHAIN_REJECTED', `refused: ${outcome}`))
    }
    return taken
  }

  /** Another was quicker, or the chain is being reorganised. */
  async #notOpen(entry: LedgerEntry, head: BlockHead): Promise<void> {
    const standing = await currentStatus(this.#options.chain, entry.question).catch(() => 'open' as const)
    if (standing === 'open') await this.#move(entry, { after: pause })
    else await this.#end(entry.id, standing === 'refunded' ? 'REFUNDED' : 'ANSWERED', head.number)
  }

  async #refused(entry: LedgerEntry, block: bigint, error: ZkserveError): Promise<void> {
    this.#options.onError(error, entry.question.requestId)
    const tries = entry.tries + 1
    if (tries >= mostTries) await this.#end(entry.id, 'ANSWER_REFUSED', block)
    else await this.#move(entry, { tries, after: pause })
  }

  /** Gas limit, with room for what the state of the chain changes until then; null where it is refused after all. */
  async #estimate(taken: readonly LedgerEntry[], data: Hex): Promise<bigint | null> {
    const { chain, signer } = this.#options
    try {
      // Not against what waits: an answer that is never mined would hold all others up.
      const call = { account: signer.address, to: chain.oracle, data, blockTag: 'latest' } as const
      const gas = await chain.client.estimateGas(call)
      return (gas * 110n) / 100n
    } catch (thrown) {
      const error = toChainError(thrown)
      if (error.code !== 'CHAIN_REJECTED') throw error
      for (const entry of taken) await this.#refused(entry, 0n, error)
      return null
    }
  }

  async #wait(entries: readonly LedgerEntry[], why: string): Promise<number> {
    for (const entry of entries) {
      this.#options.onError(new ZkserveError('CHAIN_REJECTED', why), entry.question.requestId)
      await this.#move(entry, { after: pause })
    }
    return 0
  }

  async #checkBalance(cost: bigint): Promise<void> {
    const { chain, signer } = this.#options
    const balance = await asked(() => chain.client.getBalance({ address: signer.address }))
    if (balance >= cost) return
    throw new ZkserveError(
      'CHAIN_REJECTED',
      `${signer.address} holds ${balance} wei, and gas may take ${cost}`,
      {
        hints: ['Send it some; what it earned is taken out of the oracle by `withdraw`.'],
        details: { reason: 'insufficient funds' },
      },
    )
  }

  async #signAndSend(
    taken: readonly LedgerEntry[],
    { data, ...fees }: GasFees & { data: Hex; gas: bigint; dataFee: bigint },
  ): Promise<void> {
    const { chain, lease, signer, step } = this.#options
    const nonce = await this.#nextNonce()
    const { gas, maxFee, priorityFee } = fees
    await step('sign')
    const raw = await signer.signTransaction({
      ...{ type: 'eip1559', chainId: chain.chainId, nonce, to: chain.oracle, data, gas },
      ...{ maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee },
    })
    const requests = taken.map(({ id }) => id)
    // On record before it is sent: whoever comes after a crash sends the same.
    await lease.write(async (tables) => {
      const signed = { nonce, hash: keccak256(raw), raw, requests, ...fees }
      await addTransaction(tables, lease.id, signed)
      for (const entry of taken) await moveRequest(tables, entry, { state: 'sent' })
    })
    await step('send')
    await broadcast(chain, raw)
  }

  async #nextNonce(): Promise<number> {
    const { chain, lease, signer } = this.#options
    const { address } = signer
    const count = await asked(() => chain.client.getTransactionCount({ address, blockTag: 'pending' }))
    const pending = await lease.read((tables) => pendingTransactions(tables, lease.id))
    return Math.max(count, ...pending.map(({ nonce }) => nonce + 1))
  }

  #encode(taken: readonly LedgerEntry[]): Hex {
    const abi = inferenceOracleAbi
    const fulfilments = taken.map((entry) => this.#fulfilmentOf(entry))
    const [first] = fulfilments
    const { modelId, version } = taken[0]!.question
    return fulfilments.length === 1
      ? encodeFunctionData({ abi, functionName: 'fulfil', args: [first!] })
      : encodeFunctionData({ abi, functionName: 'fulfilEach', args: [modelId, version, fulfilments] })
  }

  #fulfilmentOf({ question, answer }: LedgerEntry): Fulfilment {
    return { requestId: question.requestId, payee: this.#options.signer.address, ...readAnswer(answer!) }
  }

  async #move(entry: LedgerEntry, change: Parameters<typeof moveRequest>[2]): Promise<void> {
    await this.#options.lease.write((tables) => moveRequest(tables, entry, change))
  }

  #end(id: number, reason: EndReason, block: bigint): Promise<void> {
    const state = reason === 'ANSWERED' || reason === 'REFUNDED' ? 'lost' : 'skipped'
    return this.#options.lease.write((tables) => endRequest(tables, id, { state, reason, block }))
  }
}
