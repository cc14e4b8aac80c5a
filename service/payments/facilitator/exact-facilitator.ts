import { type Hex, hashTypedData, recoverTypedDataAddress, size } from 'viem'
import { paymentTokenAbi } from '#contracts/generated/PaymentToken.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { InTurn } from '#service/in-turn.js'
import { authorizationData, chainIdOf, lowerAddress } from '#service/payments/authorization-data.js'
import { encodeTransfer, erc1271Abi, erc1271Magic } from '#service/payments/facilitator/token-calls.js'
import { faultOfPayment, type PaymentFault, sameHex } from '#service/payments/fault-of-payment.js'
import type { SignedPayment } from '#service/payments/payment.js'
import type { SettleResponse, Supported, VerifyResponse } from '#service/payments/x402.js'
import { x402Version } from '#service/payments/x402-headers.js'

/** Gas that one payment may take: contracts that sign (ERC-1271) could ask for any amount. */
const gasLimit = 300_000n
/** Seconds for which a payment must hold yet, to be in a block in time. */
const hold = 6

export interface ExactFacilitatorOptions {
  /** Pays for gas, and for nothing else. */
  readonly chain: ChainWriter
  /** Tokens and payees whose payments are submitted: else anyone could spend the gas. */
  readonly assets: readonly string[]
  readonly payTo: readonly string[]
  /** ms to wait for a transaction's block. */
  readonly timeout?: number
}

/**
 * A facilitator of x402 for the scheme `exact` by EIP-3009. It can neither change a payment nor keep it: what it
 * submits moves what the payer signed, to whom the payer signed it.
 */
export class ExactFacilitator {
  readonly #options: ExactFacilitatorOptions
  /** Settlements under way: asked twice, submitted once. */
  readonly #settling = new Map<string, Promise<SettleResponse>>()
  readonly #authorisations = new InTurn()
  /** The last transaction that was given to the node: one after another, each finds the account's next nonce. */
  #sending: Promise<unknown> = Promise.resolve()

  constructor(options: ExactFacilitatorOptions) {
    this.#options = options
  }

  get network(): string {
    return `eip155:${this.#options.chain.chainId}`
  }

  supported(): Supported {
    const kind = { x402Version, scheme: 'exact', network: this.network }
    return {
      kinds: [kind],
      extensions: [],
      signers: { [this.network]: [this.#options.chain.account.address] },
    }
  }

  /** Whether the payment would go through now. Nothing is submitted. */
  async verify(payment: SignedPayment): Promise<VerifyResponse> {
    const payer = payment.payload.payload.authorization.from
    const invalidReason = await this.#faultOf(payment).catch(() => 'unexpected_verify_error')
    return invalidReason === null ? { isValid: true, payer } : { isValid: false, invalidReason, payer }
  }

  /** Submits the payment, and answers when it is in a block. */
  settle(payment: SignedPayment): Promise<SettleResponse> {
    const { from, nonce } = payment.payload.payload.authorization
    const key = `${payment.requirements.asset} ${from} ${nonce}`.toLowerCase()
    const asked = JSON.stringify(payment)
    const under = this.#settling.get(asked)
    if (under !== undefined) return under
    // Anyone can put a payment's nonce into a forged one: that does not answer for it, nor is submitted beside it.
    const settling = this.#authorisations.run(key, () => this.#settle(payment))
    this.#settling.set(asked, settling)
    return settling.finally(() => this.#settling.delete(asked))
  }

  async #settle(payment: SignedPayment): Promise<SettleResponse> {
    const base = { payer: payment.payload.payload.authorization.from, network: this.network }
    const failed = (errorReason: string, transaction = ''): SettleResponse => ({
      ...{ success: false, errorReason, transaction, ...base },
    })
    const fault = await this.#faultOf(payment).catch(() => 'unexpected_settle_error')
    if (fault !== null) return failed(fault)
    let hash: Hex | undefined
    try {
      hash = await this.#send(payment)
      const { chain, timeout = 30_000 } = this.#options
      const { status } = await chain.client.waitForTransactionReceipt({ hash, timeout })
      if (status !== 'success') return failed('invalid_transaction_state', hash)
      return { success: true, transaction: hash, ...base }
    } catch {
      return failed('unexpected_settle_error', hash)
    }
  }

  /** @returns the transaction's hash, once the node has it */
  #send(payment: SignedPayment): Promise<Hex> {
    const { wallet, client, account } = this.#options.chain
    const sent = this.#sending.then(async () => {
      const nonce = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
      return wallet.sendTransaction({ ...encodeTransfer(payment), gas: gasLimit, nonce })
    })
    this.#sending = sent.catch(() => undefined)
    return sent
  }

  async #faultOf(payment: SignedPayment): Promise<PaymentFault | null> {
    const { chain, assets, payTo } = this.#options
    const { payload, requirements } = payment
    const { client, account } = chain
    if (chainIdOf(requirements.network) !== chain.chainId) return 'invalid_network'
    if (!assets.some((asset) => sameHex(asset, requirements.asset))) return 'invalid_asset'
    if (!payTo.some((payee) => sameHex(payee, requirements.payTo))) return 'invalid_payment_requirements'
    const { timestamp } = await client.getBlock()
    const fault = faultOfPayment(payload, requirements, { now: Number(timestamp), hold })
    if (fault !== null) return fault
    const { authorization } = payload.payload
    const token = { address: lowerAddress(requirements.asset), abi: paymentTokenAbi } as const
    const from = lowerAddress(authorization.from)
    const nonce = authorization.nonce as Hex
    const [spent, balance, isSigned] = await Promise.all([
      client.readContract({ ...token, functionName: 'authorizationState', args: [from, nonce] }),
      client.readContract({ ...token, functionName: 'balanceOf', args: [from] }),
      this.#isSigned(payment),
    ])
    if (!isSigned) return 'invalid_exact_evm_payload_signature'
    if (spent) return 'authorization_used'
    if (balance < BigInt(authorization.value)) return 'insufficient_funds'
    const call = { ...encodeTransfer(payment), account: account.address }
    const gas = await client.estimateGas(call).catch(() => null)
    return gas === null || gas > gasLimit ? 'invalid_transaction_state' : null
  }

  /** Whether the payer signed: by its key, or, where it is a contract, as that decides. */
  async #isSigned({ payload, requirements }: SignedPayment): Promise<boolean> {
    const { client } = this.#options.chain
    const data = authorizationData(requirements, payload.payload.authorization)
    const signature = payload.payload.signature as Hex
    const address = data.message.from
    const code = await client.getCode({ address })
    if (code === undefined || code === '0x') {
      if (size(signature) !== 65) return false
      const signer = await recoverTypedDataAddress({ ...data, signature }).catch(() => '')
      return sameHex(signer, address)
    }
    const magic = await client
      .readContract({
        ...{ address, abi: erc1271Abi, functionName: 'isValidSignature', gas: gasLimit },
        args: [hashTypedData(data), signature],
      })
      .catch(() => null)
    return magic === erc1271Magic
  }
}
