import { setTimeout as sleep } from 'node:timers/promises'
import { formatEther, type Hex, parseEther } from 'viem'
import { datasetRow } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { type AccessStage, setAccessStage } from '#scripts/examples/access/stage.js'
import {
  buyAccess,
  grantAccess,
  offerAccess,
  readModelUser,
  revokeAccess,
} from '#service/chain/access-grants.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { withdrawCredit } from '#service/chain/withdraw-credit.js'
import { type Access, accessHeaders } from '#service/client/access.js'
import { ZkserveClient } from '#service/client/client.js'
import type { Say } from '#service/demo/options.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'

const month = 30 * 86_400

/** Codes of the refusals that were seen, in their order. @throws ZkserveError `INTERNAL` where an attack succeeds */
export async function runAccess(say: Say): Promise<readonly string[]> {
  const source = await readProjectModel('breast-cancer')
  const stage = await setAccessStage(await ensureBundle(source))
  try {
    return await show(stage, [...datasetRow(source.test, 0).values()].map(({ data }) => [...data])[0]!, say)
  } finally {
    await stage.close()
  }
}

async function show(stage: AccessStage, input: readonly number[], say: Say): Promise<readonly string[]> {
  const { lab, hospital, clinic, clinicAccount, strangerAccount, grants, model, dataset, verifier } = stage
  const token = { grants, registry: model.registry, tokenId: model.modelId }
  const requester = clinicAccount.address
  const access: Access = { account: clinicAccount, chainId: lab.chainId, grants, ...model }
  const client = new ZkserveClient({ url: stage.url, retries: 0 })
  const body = { input, proof: false }
  const refusals: string[] = []
  const refused = async (
    what: string,
    code: string,
    headers: Promise<Record<string, string>>,
    sent = body,
  ) => {
    const reply = await fetch(`${stage.url}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await headers) },
      body: JSON.stringify(sent),
    })
    const { code: got = 'answered' } = (await reply.json()) as { code?: string }
    if (got !== code) throw new ZkserveError('INTERNAL', `${what}: ${got} instead of ${code}`)
    refusals.push(code)
    say(`   ${what.padEnd(52)} ${reply.status} ${code}`)
  }
  const signed = (by: Partial<Access> = {}, of: unknown = body) => accessHeaders({ ...access, ...by }, of)

  say(
    `1. The hospital published dataset ${dataset.tokenId}; the lab model ${model.modelId}, which needs its grant`,
  )
  await refused('the lab itself, before the hospital consents', 'ACCESS_DENIED', signed())
  const user = await readModelUser(lab, { grants, ...model })
  const now = Number((await lab.client.getBlock()).timestamp)
  const consent = { grants, ...dataset, user, expires: now + 12 * month }
  const { gasUsed: granting } = await grantAccess(hospital, consent)
  say(`2. The hospital grants its data to version ${model.version} for a year (${granting} gas)`)
  const price = parseEther('0.5')
  await offerAccess(lab, { ...token, price, period: month, until: now + month })
  await refused('the clinic, before it bought', 'ACCESS_DENIED', signed())
  const bought = await buyAccess(clinic, {
    ...token,
    periods: 2,
    leastPeriod: month,
    maxPrice: parseEther('1'),
  })
  say(
    `3. The clinic buys two months for ${formatEther(bought.cost)} ether (${bought.transaction.gasUsed} gas), until ${day(bought.expires)}`,
  )

  const proven = await client.inferAndProve({ input: [...input], requester, nonce: '0' }, { access })
  const data = proven.calldata.consume as Hex | null
  if (data === null) throw new ZkserveError('INTERNAL', 'the reply has no calldata')
  const accepted = await sendTransaction(clinic, { to: verifier, data })
  say(
    `4. Its signed request is answered: class ${proven.label}; the proof is accepted on chain (${accepted.gasUsed} gas)`,
  )

  say('5. Refused')
  await refused('a request without signature', 'ACCESS_SIGNATURE_REQUIRED', Promise.resolve({}))
  const headers = await signed()
  const first = await fetch(`${stage.url}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (first.status !== 200) throw new ZkserveError('INTERNAL', `an honest request: ${first.status}`)
  await refused('the same signed request again', 'ACCESS_REPLAYED', Promise.resolve(headers))
  const stolen = { ...body, requester: strangerAccount.address }
  await refused('a stolen signature under another body', 'ACCESS_SIGNATURE_INVALID', signed(), stolen)
  await refused(
    "a stranger's signature in the clinic's name",
    'ACCESS_SIGNATURE_INVALID',
    signed({ account: { ...strangerAccount, address: requester } }),
  )
  await refused('a signature for another chain', 'ACCESS_SIGNATURE_INVALID', signed({ chainId: 1 }))
  await refused('a stranger without grant', 'ACCESS_DENIED', signed({ account: strangerAccount }))
  const soon = Math.max(Number((await lab.client.getBlock()).timestamp), Math.floor(Date.now() / 1000)) + 2
  await grantAccess(lab, { ...token, user: strangerAccount.address, expires: soon })
  await client.infer({ input: [...input] }, { access: { ...access, account: strangerAccount } })
  while (Date.now() / 1000 < soon + 1) await sleep(200)
  await refused(
    'the same with a grant of two seconds, after them',
    'ACCESS_DENIED',
    signed({ account: strangerAccount }),
  )

  const { gasUsed: revoking } = await revokeAccess(hospital, { grants, ...dataset, user })
  say(`6. The hospital takes its data back (${revoking} gas)`)
  await refused('the clinic, whose own grant still stands', 'ACCESS_DENIED', signed())
  const ended = await revokeAccess(lab, { ...token, user: requester })
  const { amount: refund } = await withdrawCredit(clinic, { contract: grants })
  say(
    `7. The lab ends the clinic's grant (${ended.gasUsed} gas), which gets ${formatEther(refund)} ether back for the time left`,
  )
  if (refund < (bought.cost * 99n) / 100n) throw new ZkserveError('INTERNAL', 'the refund is too small')
  await refused('the clinic, after that', 'ACCESS_DENIED', signed())
  return refusals
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
