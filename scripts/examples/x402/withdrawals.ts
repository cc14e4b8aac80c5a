import { encodeFunctionData, type Hex, parseSignature } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { paymentTokenAbi } from '#contracts/generated/PaymentToken.js'
import { endOf, jobsOf, order, requiredFor } from '#scripts/examples/x402/order.js'
import type { PaidStage } from '#scripts/examples/x402/stage.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { ZkserveClient } from '#service/client/client.js'
import { signPayment } from '#service/client/payment.js'
import { authorizationData } from '#service/payments/authorization-data.js'
import type { PaymentPayload } from '#service/payments/x402.js'
import { decodeHeader } from '#service/payments/x402-headers.js'

interface Attacking {
  /** A payment of what one answer costs. */
  readonly sign: () => Promise<string>
  readonly refused: (attack: string, signed: string) => Promise<void>
  readonly tell: (attack: string, code: string, why?: string) => void
}

/** Proofs that keep the service busy meanwhile. */
const before = 40

/** What is tried between the order and the proof, while the service has others to make. */
export async function showWithdrawals(
  stage: PaidStage,
  input: readonly number[],
  { sign, refused, tell }: Attacking,
): Promise<void> {
  const { url, agent, token, network, chain } = stage
  const client = new ZkserveClient({ url })
  const batch = Array.from({ length: before }, () => input)
  const required = await requiredFor(url, { batch })
  const maxAmount = BigInt(required.accepts[0]!.amount)
  const wholesale = await signPayment(required, { account: agent, maxAmount, asset: token, network })
  const busy = await jobsOf(await order(url, { batch }, wholesale))

  const once = await sign()
  const [cancelled] = await jobsOf(await order(url, { input }, once))
  await refused('the same payment for another request', once)
  await client.jobs.cancel(cancelled!)
  const { state } = await endOf(client, cancelled!)
  if (state !== 'cancelled') throw new ZkserveError('INTERNAL', `the cancelled proof is ${state}`)
  tell('a charge for a proof that was cancelled', 'CANCELLED')

  const withdrawn = await sign()
  const [job] = await jobsOf(await order(url, { input }, withdrawn))
  await sendTransaction(chain, { to: token, data: await cancellation(stage, withdrawn) })
  await client.jobs.cancel(busy.at(-1)!)
  const { error } = await endOf(client, job!)
  if (error === null) throw new ZkserveError('INTERNAL', 'accepted: a payment that was withdrawn')
  tell('a payment that is withdrawn before the proof', error.code, '(the proof is not shown)')
  const { error: released } = await endOf(client, busy[0]!)
  if (released === null) throw new ZkserveError('INTERNAL', 'a batch was shown of which one was cancelled')
  tell('a batch of which one proof was cancelled', released.code)
}

/** The call that makes a signed payment void; its payer may have anyone submit it. */
async function cancellation({ agent }: PaidStage, signed: string): Promise<Hex> {
  const { accepted, payload } = decodeHeader(signed) as PaymentPayload
  const { domain, message } = authorizationData(accepted, payload.authorization)
  const { nonce } = message
  const signature = await agent.signTypedData({
    domain,
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer: agent.address, nonce },
  })
  const { r, s, yParity } = parseSignature(signature)
  return encodeFunctionData({
    ...{ abi: paymentTokenAbi, functionName: 'cancelAuthorization' },
    args: [agent.address, nonce, 27 + yParity, r, s],
  })
}
