/** A chain with a token, a facilitator and somebody who pays, as tests of payments use them. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem'
import { type LocalAccount, privateKeyToAccount } from 'viem/accounts'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployPaymentToken } from '#service/chain/deploy-payment-token.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import type { GivenConfig } from '#service/config/resolve.js'
import { authorizationData } from '#service/payments/authorization-data.js'
import { ExactFacilitator } from '#service/payments/facilitator/exact-facilitator.js'
import { createFacilitator } from '#service/payments/facilitator/facilitator-app.js'
import type {
  Authorization,
  PaymentRequired,
  PaymentRequirements,
  SettleResponse,
} from '#service/payments/x402.js'
import { decodeHeader, encodeHeader, x402Version } from '#service/payments/x402-headers.js'

export const payee = '0x00000000000000000000000000000000000000fe'
export const supply = 1_000_000_000n

/** What happens to requests to /settle, in place of what the facilitator does. */
export type Settle = (settle: () => Promise<SettleResponse>) => Promise<unknown>

export interface PaymentStage {
  readonly rpcUrl: string
  readonly token: Address
  readonly payer: LocalAccount
  readonly chain: ChainWriter
  /** In the payer's name. */
  readonly payerChain: ChainWriter
  readonly facilitator: ExactFacilitator
  readonly facilitatorUrl: string
  /** Of an account that could pay for another facilitator's gas. */
  readonly facilitatorKey: Hex
  /** Settings of a service that takes payments. */
  readonly settings: GivenConfig
  /** Replaced to stand between service and facilitator; `verify` false refuses all connections. */
  readonly between: { settle: Settle; down: boolean; settled: number }
  balanceOf(account: string): Promise<bigint>
  /** Sends the payer's tokens elsewhere. */
  move(value: bigint, to: string): Promise<void>
  close(): Promise<void>
}

export async function paymentStage(): Promise<PaymentStage> {
  const anvil = await startAnvil()
  const { rpcUrl, privateKeys } = anvil
  const chain = await connectChain({ rpcUrl, privateKey: privateKeys[0]! })
  const payerChain = await connectChain({ rpcUrl, privateKey: privateKeys[1]! })
  const payer = privateKeyToAccount(privateKeys[1]!)
  const { address: token } = await deployPaymentToken(chain, {
    ...{ name: 'Test Dollar', symbol: 'TUSD', supply, holder: payer.address },
  })
  const between: PaymentStage['between'] = { settle: (settle) => settle(), down: false, settled: 0 }
  const facilitator = new ExactFacilitator({ chain, assets: [token], payTo: [payee] })
  const gated = Object.create(facilitator, {
    settle: {
      value: async (...given: Parameters<ExactFacilitator['settle']>) => {
        between.settled++
        return between.settle(() => facilitator.settle(...given))
      },
    },
    verify: { value: facilitator.verify.bind(facilitator) },
    supported: { value: facilitator.supported.bind(facilitator) },
  }) as ExactFacilitator
  const server = createFacilitator(gated, 'silent')
  server.addHook('onRequest', async ({ raw }) => {
    if (between.down) raw.socket.destroy()
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const facilitatorUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return {
    ...{ rpcUrl, token, payer, chain, payerChain, facilitator, facilitatorUrl, between },
    facilitatorKey: privateKeys[2]!,
    settings: {
      paymentTo: payee,
      paymentAsset: token,
      paymentAssetName: 'Test Dollar',
      paymentAssetVersion: '1',
      paymentFacilitator: facilitatorUrl,
      paymentRpc: rpcUrl,
      paymentPrice: '100',
    },
    balanceOf: (account) =>
      chain.client.readContract({
        ...{ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [account as Address] },
      }),
    move: async (value, to) => {
      const data = encodeFunctionData({
        ...{ abi: erc20Abi, functionName: 'transfer', args: [to as Address, value] },
      })
      await sendTransaction(payerChain, { to: token, data })
    },
    close: async () => {
      await server.close()
      await anvil.stop()
    },
  }
}

/** What a 402 reply asks for, from its header. */
export function requiredBy(reply: LightMyRequestResponse): PaymentRequired {
  return decodeHeader(String(reply.headers['payment-required'])) as PaymentRequired
}

export interface Forging {
  readonly accepted?: Partial<PaymentRequirements>
  /** What is signed. */
  readonly authorization?: Partial<Authorization>
  /** What is changed after it was signed. */
  readonly after?: Partial<Authorization>
  readonly signature?: Hex
}

let count = 0

/** An unused nonce. */
export function freshNonce(): Hex {
  count++
  return `0x${count.toString(16).padStart(64, '0')}`
}

/** A PAYMENT-SIGNATURE header, honest but for what is forged. */
export async function payment(
  payer: LocalAccount,
  requirements: PaymentRequirements,
  forging: Forging = {},
): Promise<string> {
  const accepted = { ...requirements, ...forging.accepted }
  const now = Math.floor(Date.now() / 1000)
  const authorization = {
    from: payer.address,
    to: accepted.payTo,
    value: accepted.amount,
    validAfter: String(now - 600),
    validBefore: String(now + 600),
    nonce: freshNonce(),
    ...forging.authorization,
  }
  const signature =
    forging.signature ?? (await payer.signTypedData(authorizationData(accepted, authorization)))
  const payload = { signature, authorization: { ...authorization, ...forging.after } }
  return encodeHeader({ x402Version, accepted, payload })
}

/** Asks for something and pays what it costs. */
export async function pay(
  server: FastifyInstance,
  { payer }: Pick<PaymentStage, 'payer'>,
  url: string,
  body: object,
  { headers = {}, ...forging }: Forging & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<LightMyRequestResponse> {
  const request = { method: 'POST' as const, url, payload: body }
  const first = await server.inject({ ...request, headers })
  const [requirements] = requiredBy(first).accepts
  const signed = await payment(payer, requirements!, forging)
  return server.inject({ ...request, headers: { ...headers, 'payment-signature': signed } })
}

/** Asks for a job until it has ended. */
export async function ended(server: FastifyInstance, id: string): Promise<LightMyRequestResponse> {
  for (;;) {
    const reply = await server.inject(`/jobs/${id}`)
    if (!['queued', 'running'].includes(reply.json().state)) return reply
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
