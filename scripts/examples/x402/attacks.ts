import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { ZkserveError } from '#circuits/errors.js'
import { order, requiredFor } from '#scripts/examples/x402/order.js'
import type { PaidStage } from '#scripts/examples/x402/stage.js'
import { showWithdrawals } from '#scripts/examples/x402/withdrawals.js'
import { ZkserveClient } from '#service/client/client.js'
import type { ZkserveClientError } from '#service/client/client-error.js'
import { type PaymentOptions, signPayment } from '#service/client/payment.js'
import type { Say } from '#service/demo/options.js'
import type { PaymentPayload, PaymentRequirements } from '#service/payments/x402.js'
import { decodeHeader, encodeHeader } from '#service/payments/x402-headers.js'

/**
 * What agents and services try that want more than their due. Each is refused, and nothing is charged for it.
 * @param price of one answer
 * @returns the codes
 */
export async function showAttacks(
  stage: PaidStage,
  input: readonly number[],
  price: bigint,
  say: Say,
): Promise<readonly string[]> {
  say('\n4. Attacks, of which nothing is charged:')
  const { url, agent, token, network, owner } = stage
  const before = await stage.balanceOf(owner)
  const codes: string[] = []
  const tell = (attack: string, code: string, why = ''): void => {
    codes.push(code)
    say(`   ${attack.padEnd(46)} refused: ${code} ${why}`.trimEnd())
  }
  const refused = async (attack: string, signed: string): Promise<void> => {
    const reply = await order(url, { input }, signed)
    if (reply.status < 400) throw new ZkserveError('INTERNAL', `accepted: ${attack}`)
    const { code, details } = (await reply.json()) as { code: string; details: { reason?: string } }
    tell(attack, code, details.reason)
  }

  const allowed: PaymentOptions = { account: agent, maxAmount: price, asset: token, network }
  const required = await requiredFor(url, { input })
  const sign = (changed: Partial<PaymentRequirements>, account = agent): Promise<string> =>
    signPayment({ ...required, accepts: [{ ...required.accepts[0]!, ...changed }] }, { ...allowed, account })
  await refused('a millionth of a token', await sign({ amount: '1' }))
  await refused('a payment to oneself', await sign({ payTo: agent.address }))
  await refused('a sum that was changed after it was signed', withSum(await sign({ amount: '1' }), price))
  await refused('a payer without money', await sign({}, privateKeyToAccount(generatePrivateKey())))

  await showWithdrawals(stage, input, { sign: () => sign({}), refused, tell })

  const greedy = new ZkserveClient({ url }).submit(
    { input },
    { payment: { ...allowed, maxAmount: price - 1n } },
  )
  const code = await greedy.then(jobOf, (error: ZkserveClientError) => error.code)
  tell('a service that asks for more than is allowed', code, '(nothing was signed)')
  if ((await stage.balanceOf(owner)) !== before) throw new ZkserveError('INTERNAL', 'an attack was charged')
  return codes
}

function jobOf(): never {
  throw new ZkserveError('INTERNAL', 'the client paid more than it may')
}

function withSum(signed: string, sum: bigint): string {
  const payment = decodeHeader(signed) as PaymentPayload
  const { accepted, payload } = payment
  const authorization = { ...payload.authorization, value: String(sum) }
  return encodeHeader({
    ...payment,
    ...{ accepted: { ...accepted, amount: String(sum) }, payload: { ...payload, authorization } },
  })
}
