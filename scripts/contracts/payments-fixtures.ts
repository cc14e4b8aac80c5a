import { writeFileSync } from 'node:fs'
import { type Address, bytesToHex, getContractAddress } from 'viem'
import { createProver } from '#prover/backends/create-prover.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { proveInference } from '#prover/prove.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import {
  ensureFraudBundle,
  featuresFrom,
  packLanes,
  suspicious,
} from '#scripts/examples/fraud-guard/model.js'
import { lanesOf, type PaymentFeatures } from '#scripts/models/fraud-risk/features.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { readProjectModel } from '#service/demo/project-models.js'

const [day, hours] = [86_400, 3_600]

/** As test/utils/Purse.sol plays it: payment 1, of 5,000 units, 40 days and two hours after the account was opened. */
const harmless: PaymentFeatures = {
  ...{ amount: 5_000, count: 1, sum: 5_000, known: 1, largest: 5_000 },
  ...{ age: 40 * day + 2 * hours, idle: 10 * day + 2 * hours, hour: 10 },
}

/** Payment 2, ten minutes later: a thief's. */
const stolen: PaymentFeatures = {
  ...{ amount: 200_000, count: 2, sum: 205_000, known: 0, largest: 5_000 },
  ...{ age: harmless.age + 600, idle: 600, hour: 10 },
}

/** Makes payments.json: proofs of the real model for a contract that the deployer creates at nonce 2. */
export async function makePaymentsFixtures(
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address; readonly deployer: Address },
): Promise<void> {
  const bundle = await ensureFraudBundle(await readProjectModel('fraud-risk'))
  const prover = createProver()
  const payments = getContractAddress({ from: chain.deployer, nonce: 2n })
  const prove = async (
    payment: PaymentFeatures,
    nonce: bigint,
    elsewhere: { readonly chainId?: number; readonly requester?: Address } = {},
  ) => {
    const context = { ...chain, requester: payments, nonce, ...elsewhere }
    const inputs = new Map([[bundle.model.inputs[0]!.name, featuresFrom(packLanes(lanesOf(payment)))]])
    const proven = await proveInference(bundle, prover, inputs, { context })
    const { proof, statement, requester } = encodeProofCalldata({ ...proven, ...context })
    return { proof: proof.map(hexWord), statement: statement.map(hexWord), requester, nonce: Number(nonce) }
  }
  try {
    const fixture = {
      ...{ deployer: chain.deployer, payments, threshold: thresholdOf(bundle, suspicious) },
      key: bytesToHex(encodeVerificationKey(bundle.verificationKey)),
      harmless: await prove(harmless, 1n),
      stolen: await prove(stolen, 2n),
      otherPayment: await prove(harmless, 2n),
      otherChain: await prove(harmless, 1n, { chainId: 1 }),
      otherContract: await prove(harmless, 1n, { requester: chain.deployer }),
    }
    writeFileSync(`${fixtures}/payments.json`, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}
